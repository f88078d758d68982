import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';

/**
 * Lets the requests that arrive in one turn of the event loop begin together, at its end, instead of each as soon as it is
 * read. What they do next they then do one after the other: it costs less, what they ask of a service goes out in one
 * batch, and reads of the database are joined. See docs/decisions/0018-requests-begin-together.md.
 */
export function gatherRequests(server: Server): void {
  const listeners = server.listeners('request') as RequestListener[]; // what the event is typed for
  let arrived: (readonly [IncomingMessage, ServerResponse])[] = [];

  const begin = (): void => {
    const together = arrived;
    arrived = [];
    for (const [request, response] of together) {
      for (const listener of listeners) listener.call(server, request, response);
    }
  };

  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (arrived.push([request, response]) === 1) setImmediate(begin);
  });
}
