import type { RequestListener, Server } from 'node:http';
import { together } from '@ko/endpoint';

/** Lets the requests that arrive in one turn of the event loop begin together, instead of each as soon as it is read. */
export function gatherRequests(server: Server): void {
  const listeners = server.listeners('request') as RequestListener[]; // what the event is typed for
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    together(() => {
      for (const listener of listeners) listener.call(server, request, response);
    });
  });
}
