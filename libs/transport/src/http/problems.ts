import type { FastifyInstance, FastifyReply, FastifyRequest, preHandlerAsyncHookHandler } from 'fastify';
import { StatusError, type Logger } from '@ko/endpoint';
import { HttpError } from './http-error.ts';
import { problem, problemHeaders, statusOf, titleOf } from './problem.ts';
import { codeOf } from './problem-decoding.ts';
import { KnownPaths } from './known-paths.ts';
import { pathOf } from './path-template.ts';

export interface ProblemsOptions {
  /** Where a caller finds what there is, such as `/docs`. */
  readonly docs?: string;
  /** Runs before a path that there is not is answered, as a limit does. */
  readonly preHandler?: preHandlerAsyncHookHandler;
  /** Takes errors that no endpoint made: faults of the server itself. Fastify's logger when there is none. */
  readonly log?: Logger;
}

/**
 * Makes every failure of a server a problem document: of endpoints, of Fastify and its plugins, unknown paths (404) and
 * known ones asked by another method (405). Has to come before the routes, because it learns them as they are added.
 */
export function problems(app: FastifyInstance, { docs, log, preHandler }: ProblemsOptions = {}): void {
  const paths = new KnownPaths();
  app.addHook('onRoute', ({ method, url }) => paths.add(method, url));

  app.setErrorHandler((error, request, reply) => sendProblem(error, { request, reply, log }));
  app.setNotFoundHandler({ ...(preHandler && { preHandler }) }, (request, reply) => {
    const allowed = paths.methods(request.url);
    // A route that takes the method has looked, and there is nothing.
    const isUnknown = allowed.length === 0 || allowed.includes(request.method);
    if (!isUnknown) reply.header('allow', allowed.join(', '));
    const error = isUnknown ? notFound(request, docs) : notAllowed(request, allowed);
    return sendProblem(error, { request, reply, log });
  });
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly log: Logger | undefined;
}

/** Answers with the problem document of an error, whatever threw it. */
export function sendProblem(thrown: unknown, { request, reply, log = request.log }: Exchange): FastifyReply {
  const { error, status } = refusal(thrown, reply);
  if (status >= 500 && !(thrown instanceof StatusError)) {
    log.error({ err: thrown, request_id: request.id }, 'a request failed outside its endpoint');
  }
  // Fastify would close the connection, and who is still sending a large body would never read the answer.
  if (status === 413 && reply.raw.shouldKeepAlive) reply.header('connection', 'keep-alive');
  return reply
    .code(status)
    .headers({ ...problemHeaders(error, request.headers.authorization), 'x-request-id': request.id })
    .send(JSON.stringify(problem(error, request.id, status)));
}

export function notFound({ method, url }: FastifyRequest, docs?: string): HttpError {
  const hint = docs === undefined ? '' : `; see ${docs} for what there is`;
  return new HttpError(404, 'not_found', `there is no ${method} ${pathOf(url)}${hint}`, { reason: 'ROUTE_NOT_FOUND' });
}

function notAllowed({ method, url }: FastifyRequest, allowed: readonly string[]): HttpError {
  const message = `${pathOf(url)} does not know ${method}, only ${allowed.join(', ')}`;
  return new HttpError(405, 'unimplemented', message, { reason: 'METHOD_NOT_ALLOWED' });
}

/** The status and the error that say to the caller what was thrown. */
function refusal(thrown: unknown, reply: FastifyReply): { error: StatusError; status: number } {
  if (thrown instanceof HttpError) return { error: thrown, status: thrown.status };
  if (thrown instanceof StatusError) return { error: thrown, status: statusOf[thrown.code] };

  const {
    statusCode: status = 500,
    code = '',
    message = '',
  } = thrown as { statusCode?: number; code?: string; message?: string };
  if (status >= 500) {
    const error = status === 503 ? new StatusError('unavailable', titleOf(503)) : StatusError.from(thrown);
    return { error, status: statusOf[error.code] };
  }
  const known = refusals[code];
  const seconds = Number(reply.getHeader('retry-after'));
  const error = new StatusError(codeOf(status), known?.message ?? message, {
    ...(known !== undefined && { reason: known.reason }),
    ...(seconds > 0 && { retryAfter: seconds * 1000 }),
  });
  return { error, status };
}

/** What Fastify refuses before any handler. */
const refusals: Readonly<Record<string, { reason: string; message: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { reason: 'BODY_TOO_LARGE', message: 'the body is larger than the server takes' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    reason: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'send the body as JSON, with Content-Type: application/json',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    reason: 'CONTENT_LENGTH_MISMATCH',
    message: 'the body is not as long as its Content-Length says',
  },
  FST_ERR_BAD_URL: { reason: 'MALFORMED_URL', message: 'the percent-encoding of the path is broken' },
  FST_ERR_MAX_PARAM_LENGTH: {
    reason: 'URL_TOO_LONG',
    message: 'a segment of the path is longer than the server takes',
  },
};
