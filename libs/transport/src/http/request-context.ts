import type { FastifyReply, FastifyRequest } from 'fastify';
import { abortAt, CallController, type Context, type Logger, type Metadata, StatusError, whyGone } from '@ko/endpoint';

/** Headers of a request that become metadata unless told otherwise. */
export const defaultRequestHeaders = [
  'accept-language',
  'authorization',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'traceparent',
  'tracestate',
  'user-agent',
] as const;

interface RequestContextOptions {
  /** Headers of a request that become metadata, in lower case. */
  readonly requestHeaders: readonly string[];
  readonly log: Logger | undefined;
}

/**
 * The context of a request. Its signal aborts when the caller's time is over, and when the caller goes before it has the
 * answer. Throws `invalid_argument` when the caller's timeout is no number.
 */
export function requestContext(
  request: FastifyRequest,
  reply: FastifyReply,
  { requestHeaders, log = request.log }: RequestContextOptions,
): Context {
  const controller = new CallController();
  const timeout = timeoutOf(request);
  const deadline = timeout === undefined ? undefined : Date.now() + timeout;
  const timer = abortAt(deadline, controller);
  const close = (): void => {
    clearTimeout(timer);
    if (!reply.raw.writableFinished) controller.abort(whyGone(deadline));
  };
  if (reply.raw.closed) close();
  else reply.raw.on('close', close);

  return {
    requestId: request.id,
    signal: controller.signal,
    deadline,
    peer: addressOf(request),
    metadata: metadataOf(request, requestHeaders),
    outgoing: {},
    reply: new Map(),
    log,
  };
}

/** Where a request comes from; empty where the connection was lost as it came. */
function addressOf({ ip = '' }: { readonly ip?: string }): string {
  return ip;
}

function timeoutOf({ headers }: FastifyRequest): number | undefined {
  const header = headers['x-request-timeout-ms'];
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^[1-9]\d{0,11}$/.test(header)) return Number(header);
  throw new StatusError(
    'invalid_argument',
    'x-request-timeout-ms has to be a whole number of milliseconds, at least 1',
    {
      reason: 'MALFORMED_REQUEST',
      violations: [
        {
          field: 'x-request-timeout-ms',
          description: 'must be a whole number of milliseconds, at least 1',
          rule: 'http.header',
        },
      ],
    },
  );
}

function metadataOf({ headers }: FastifyRequest, names: readonly string[]): Metadata {
  const metadata: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) metadata[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return metadata;
}
