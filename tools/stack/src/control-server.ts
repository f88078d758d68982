import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Refusal } from './refusal.ts';
import type { RollOptions } from './roll.ts';
import type { Control } from './system-file.ts';

/** What others may ask a system for. */
export interface Controlled {
  start(instance: string): Promise<void>;
  halt(instance: string): Promise<void>;
  roll(names: readonly string[], options?: RollOptions): Promise<void>;
}

/** What is answered, a line of JSON each: steps that were done, and last the reason if it was not all done. */
export type Answer = { readonly told: string } | { readonly refused: string } | { readonly done: true };

/**
 * Lets other programs on this machine ask the system for something: `POST /roll?name=user&name=gateway`,
 * `POST /stop?name=user.2`, `POST /start?name=user.2`, with the token. Answers are lines of JSON. Who hangs up during a
 * roll ends it after the instance that it is at.
 */
export async function serveControl(system: Controlled): Promise<Control & { close(): Promise<void> }> {
  const token = randomBytes(24).toString('base64url');
  const server = createServer((request, response) => {
    if (request.method !== 'POST' || request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(403).end();
    } else {
      void answer(system, request, response);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind of address
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    async close() {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(system: Controlled, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const say = (line: Answer) => response.write(`${JSON.stringify(line)}\n`);
  response.writeHead(200, { 'content-type': 'application/jsonl' });
  try {
    await comply(system, request, response, (told) => say({ told }));
    say({ done: true });
  } catch (error) {
    say({ refused: error instanceof Refusal ? error.message : String(error) });
  }
  response.end();
}

async function comply(
  system: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
  told: (text: string) => void,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://control');
  const names = searchParams.getAll('name');
  if (pathname === '/roll') {
    const hungUp = new AbortController();
    response.once('close', () => hungUp.abort());
    await system.roll(names, { told, signal: hungUp.signal });
  } else if (pathname === '/stop') {
    for (const name of names) await system.halt(name);
  } else if (pathname === '/start') {
    for (const name of names) await system.start(name);
  } else {
    throw new Refusal(`there is no ${pathname}: there are /roll, /stop and /start`);
  }
}
