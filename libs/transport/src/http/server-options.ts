import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyServerOptions } from 'fastify';
import { requestIdOf } from '../request-id.ts';
import { HttpError } from './http-error.ts';
import { problem, problemType, titleOf } from './problem.ts';
import { sendProblem } from './problems.ts';

/** Contracts say what messages are like, and routes have no schemas: Fastify's compilers of them need not even be loaded. */
export const withoutSchemas = {
  schemaController: { compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema } },
} satisfies FastifyServerOptions;

function refuseSchema(): never {
  throw new TypeError('a route has a schema: it belongs into a contract');
}

type ServerOptions = Required<
  Pick<
    FastifyServerOptions,
    'genReqId' | 'frameworkErrors' | 'clientErrorHandler' | 'routerOptions' | 'schemaController'
  >
>;

/** Options for Fastify that `mount` and `problems` rely on: request ids, and problem documents for what precedes routing. */
export const serverOptions: ServerOptions = {
  ...withoutSchemas,
  genReqId: ({ headers }) => requestIdOf(headers['x-request-id']),
  frameworkErrors: (error, request, reply) => {
    // Fastify calls it outside of any route, and types its request for one.
    sendProblem(error, { request: request, reply: reply, log: undefined });
  },
  clientErrorHandler: (error, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
      socket.destroy();
      return;
    }
    const refusal = connectionRefusal(error);
    const body = JSON.stringify(problem(refusal, requestIdOf(undefined), refusal.status));
    const head = [
      `HTTP/1.1 ${refusal.status} ${titleOf(refusal.status)}`,
      `Content-Type: ${problemType}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  },
  // Resource names are longer than the router's own limit of 100 allows.
  routerOptions: { maxParamLength: 1024 },
};

/** Whether an answer to an earlier request has begun: another one cannot stand in the middle of it. Node asks the same. */
function isAnswering(socket: Socket & { readonly _httpMessage?: ServerResponse | null }): boolean {
  return socket._httpMessage?.headersSent === true;
}

/** What Node's HTTP parser refuses. */
function connectionRefusal({ code }: NodeJS.ErrnoException): HttpError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new HttpError(431, 'invalid_argument', 'the headers are larger than the server takes', {
        reason: 'HEADERS_TOO_LARGE',
      });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new HttpError(408, 'deadline_exceeded', 'the request did not arrive in time', {
        reason: 'REQUEST_TIMEOUT',
      });
    case 'HPE_INVALID_CONTENT_LENGTH':
    case 'HPE_UNEXPECTED_CONTENT_LENGTH':
      return new HttpError(400, 'invalid_argument', 'the Content-Length is invalid', {
        reason: 'CONTENT_LENGTH_MISMATCH',
      });
    default:
      return new HttpError(400, 'invalid_argument', 'the request is no valid HTTP', { reason: 'MALFORMED_HTTP' });
  }
}
