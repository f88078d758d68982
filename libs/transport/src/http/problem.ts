import type { Code, FieldViolation, StatusError } from '@ko/endpoint';

// To import it loads Node's WebSocket and fetch as well, which an app needs a tenth of its start for.
const { STATUS_CODES } = process.getBuiltinModule('node:http');

/**
 * The body of an answer that reports a failure (RFC 9457), as `application/problem+json`.
 *
 * Its type is always `about:blank`: `code` and `reason` are what programs decide by.
 */
export interface Problem {
  readonly type: 'about:blank';
  /** The phrase of the status. */
  readonly title: string;
  readonly status: number;
  /** What went wrong this time. */
  readonly detail: string;
  readonly code: Code;
  readonly reason?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** All that is wrong with the request. */
  readonly violations?: readonly FieldViolation[];
  /** Milliseconds after which a retry makes sense: the Retry-After header, exactly. */
  readonly retry_after_ms?: number;
  /** Names the request in logs and traces. */
  readonly request_id: string;
}

export const problemType = 'application/problem+json';

/** The HTTP status of each code, as google.rpc.Code documents them. */
export const statusOf: Readonly<Record<Code, number>> = {
  cancelled: 499,
  unknown: 500,
  invalid_argument: 400,
  deadline_exceeded: 504,
  not_found: 404,
  already_exists: 409,
  permission_denied: 403,
  resource_exhausted: 429,
  failed_precondition: 400,
  aborted: 409,
  out_of_range: 400,
  unimplemented: 501,
  internal: 500,
  unavailable: 503,
  data_loss: 500,
  unauthenticated: 401,
};

/** The problem document of a failure. */
export function problem(error: StatusError, requestId: string, status: number = statusOf[error.code]): Problem {
  return {
    type: 'about:blank',
    title: titleOf(status),
    status,
    detail: error.message,
    code: error.code,
    ...(error.reason !== undefined && { reason: error.reason }),
    ...(Object.keys(error.metadata).length > 0 && { metadata: error.metadata }),
    ...(error.violations.length > 0 && { violations: error.violations }),
    ...(error.retryAfter !== undefined && { retry_after_ms: error.retryAfter }),
    request_id: requestId,
  };
}

/** The headers that go with a problem document. */
export function problemHeaders(error: StatusError, authorization?: string): Record<string, string> {
  return {
    'content-type': problemType,
    ...(error.retryAfter !== undefined && { 'retry-after': String(Math.ceil(error.retryAfter / 1000)) }),
    // RFC 6750: the error is named only to who tried to prove something.
    ...(error.code === 'unauthenticated' && {
      'www-authenticate': /^bearer /i.test(authorization ?? '') ? 'Bearer error="invalid_token"' : 'Bearer',
    }),
  };
}

export function titleOf(status: number): string {
  return status === 499 ? 'Client Closed Request' : (STATUS_CODES[status] ?? 'Error');
}
