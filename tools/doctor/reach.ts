import { connect } from 'node:net';

/** Milliseconds that a server has to take a connection in. */
const patience = 1_000;

/** Why nothing takes a connection at host:port, in a few words; undefined if something does. */
export function whyUnreachable(address: string): Promise<string | undefined> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: patience });
    const end = (reason?: string) => {
      socket.destroy();
      resolve(reason);
    };
    socket.once('connect', () => end());
    socket.once('timeout', () => end('no answer'));
    socket.once('error', (error) => end(reasonOf(error)));
  });
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'nobody knows the host',
  EAI_AGAIN: 'nobody knows the host',
};

function reasonOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'no connection';
  return reasons[code] ?? code;
}
