/** The canonical codes of a failed call, in the order of their gRPC numbers (1 to 16): https://grpc.io/docs/guides/status-codes/ */
export const codes = [
  'cancelled',
  'unknown',
  'invalid_argument',
  'deadline_exceeded',
  'not_found',
  'already_exists',
  'permission_denied',
  'resource_exhausted',
  'failed_precondition',
  'aborted',
  'out_of_range',
  'unimplemented',
  'internal',
  'unavailable',
  'data_loss',
  'unauthenticated',
] as const;

/** Why a call failed, in the terms that all transports share. */
export type Code = (typeof codes)[number];
