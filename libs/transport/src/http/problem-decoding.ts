import { codes, StatusError, type Code, type FieldViolation } from '@ko/endpoint';

/** The failure that a problem document reports; of any other answer, what its status says. */
export function errorFromProblem(body: unknown, status: number): StatusError {
  const problem = record(body);
  const code = codes.find((each) => each === problem.code) ?? codeOf(status);
  const { detail, reason, retry_after_ms: retryAfter, violations } = problem;
  return new StatusError(code, typeof detail === 'string' ? detail : `the server answered with status ${status}`, {
    ...(typeof reason === 'string' && { reason }),
    ...(typeof retryAfter === 'number' && { retryAfter }),
    ...(Array.isArray(violations) && { violations: violations.map(violationOf) }),
    metadata: strings(problem.metadata),
  });
}

/** What a status means when nothing but it is known: a proxy's answer, not one of ours. */
export function codeOf(status: number): Code {
  const known: Readonly<Record<number, Code>> = {
    400: 'invalid_argument',
    401: 'unauthenticated',
    403: 'permission_denied',
    404: 'not_found',
    405: 'unimplemented',
    408: 'deadline_exceeded',
    409: 'aborted',
    429: 'resource_exhausted',
    499: 'cancelled',
    501: 'unimplemented',
    502: 'unavailable',
    503: 'unavailable',
    504: 'deadline_exceeded',
  };
  return known[status] ?? (status >= 400 && status < 500 ? 'invalid_argument' : 'unknown');
}

function violationOf(value: unknown): FieldViolation {
  const { field = '', description = '', rule } = strings(value);
  return { field, description, ...(rule !== undefined && { rule }) };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function strings(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
