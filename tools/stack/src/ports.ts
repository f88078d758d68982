import { once } from 'node:events';
import { createServer } from 'node:net';
import { product } from '@ko/service/product';
import { portHolder } from './port-holder.ts';

/** A port, and what it is wanted for. */
export interface Claim {
  readonly port: number;
  readonly purpose: string;
}

/** Ports that are taken already, in words that say who by and what to do. */
export class PortsTaken extends Error {
  override readonly name = 'PortsTaken';
}

/** Rejects with PortsTaken when something listens on one of the ports. */
export async function checkPorts(claims: readonly Claim[]): Promise<void> {
  const faults = await Promise.all(claims.map(faultOf));
  const taken = faults.filter((fault) => fault !== undefined);
  if (taken.length === 0) return;

  const other = claims.some(({ port }) => port === 9000) ? 12000 : 9000;
  throw new PortsTaken(
    `${taken.join('\n')}\nStop what is there, or run ${product.title} on other ports: npm start -- --port ${other}`,
  );
}

async function faultOf({ port, purpose }: Claim): Promise<string | undefined> {
  const reason = await whyNot(port);
  if (reason === undefined) return undefined;
  const holder = await portHolder(port);
  return `Port ${port}, wanted for ${purpose}, is ${reason}${holder === undefined ? '' : ` by ${holder}`}.`;
}

async function whyNot(port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    await once(server.listen({ port, host: '127.0.0.1', exclusive: true }), 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') return 'taken';
    if (code === 'EACCES') return 'not for ordinary users';
    throw error;
  }
  await once(server.close(), 'close');
  return undefined;
}
