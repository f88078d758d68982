import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import pg from 'pg';

/** Milliseconds that telling Postgres to cancel may take. */
export const cancelTimeout = 1_000;

/**
 * Tells Postgres to cancel what a connection is at, over a connection of its own. Resolves when that is over, one way or
 * another: to true when Postgres has nothing left to do about it, to false when it might still cancel what comes next.
 */
export async function cancelRequest(client: pg.Client): Promise<boolean> {
  const { ssl, sslNegotiation, processID, secretKey } = client as unknown as UnlistedClient;
  const connection = new pg.Connection({ ssl, sslNegotiation } as object) as unknown as UnlistedConnection;
  const over = Promise.withResolvers<boolean>();
  let isSent = false;
  const send = (): void => {
    isSent = true;
    connection.cancel(processID, secretKey);
  };
  const timer = setTimeout(() => {
    over.resolve(!isSent);
    connection.stream.destroy();
  }, cancelTimeout);

  connection.on('error', () => over.resolve(!isSent));
  // Postgres says nothing: it hangs up when it has passed the word on.
  connection.once('end', () => over.resolve(true));
  if (ssl === false) {
    connection.once('connect', send);
  } else {
    if (sslNegotiation !== 'direct') connection.once('connect', () => connection.requestSsl());
    connection.once('sslconnect', send);
  }
  if (client.host.startsWith('/')) connection.connect(`${client.host}/.s.PGSQL.${String(client.port)}`);
  else connection.connect(client.port, client.host);

  try {
    return await over.promise;
  } finally {
    clearTimeout(timer);
  }
}

/** What the types of pg leave out. */
interface UnlistedClient {
  readonly ssl: boolean | object;
  readonly sslNegotiation: string;
  readonly processID: number;
  readonly secretKey: number;
}

interface UnlistedConnection extends EventEmitter {
  readonly stream: Duplex;
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
}
