import { once } from 'node:events';
import { createServer } from 'node:net';
import { portHolder } from './port-holder.ts';

/** Every port of a system. */
export interface Ports {
  readonly http: number;
  readonly postgres: number;
  /** Admin port of the gateway, and of the process when there is but one. */
  readonly admin: number;
  /** In the order of the services. */
  readonly services: readonly { readonly grpc: number; readonly admin: number }[];
}

/** A port, and what it is wanted for. */
export interface Claim {
  readonly port: number;
  readonly purpose: string;
}

/** Ports that are taken already, in words that say who by and what to do. */
export class PortsTaken extends Error {
  override readonly name = 'PortsTaken';
}

/** The ports of a system with so many services: the well-known ones, or all from `first` on. */
export function assignPorts(services: number, first?: number): Ports {
  const indices = [...Array(services).keys()];
  if (first === undefined) {
    const each = indices.map((index) => ({ grpc: 50051 + index, admin: 9051 + index }));
    return { http: 8080, postgres: 54320, admin: 9050, services: each };
  }
  const each = indices.map((index) => ({ grpc: first + 3 + 2 * index, admin: first + 4 + 2 * index }));
  return { http: first, postgres: first + 1, admin: first + 2, services: each };
}

/** Rejects with PortsTaken when something listens on one of the ports. */
export async function checkPorts(claims: readonly Claim[]): Promise<void> {
  const faults = await Promise.all(claims.map(faultOf));
  const taken = faults.filter((fault) => fault !== undefined);
  if (taken.length === 0) return;

  const other = claims.some(({ port }) => port === 9000) ? 9100 : 9000;
  throw new PortsTaken(
    `${taken.join('\n')}\nStop what is there, or run ko on other ports: npm start -- --port ${other}`,
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
