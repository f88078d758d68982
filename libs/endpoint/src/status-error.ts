import type { Code } from './code.ts';

/** What is wrong with one field of a request. */
export interface FieldViolation {
  /** Path of the field in the contract's names, such as `lines[0].quantity`. */
  readonly field: string;
  /** What would be right, for people. */
  readonly description: string;
  /** Id of the violated rule, such as `string.min_len`, for programs. */
  readonly rule?: string;
}

/** What a StatusError says besides its code and message. All but the cause reaches the caller. */
export interface StatusErrorOptions {
  /** UPPER_SNAKE_CASE, for programs: stable where the message is not (AIP-193). */
  readonly reason?: string;
  /** Values that the message mentions. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** All that is wrong with the request. */
  readonly violations?: readonly FieldViolation[];
  /** Milliseconds after which a retry makes sense. */
  readonly retryAfter?: number;
  /** For the log only. */
  readonly cause?: unknown;
}

/** An expected failure. Its message is safe for the caller; what happened inside is the `cause`, for the log. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly code: Code;
  readonly reason: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly FieldViolation[];
  readonly retryAfter: number | undefined;

  constructor(code: Code, message: string, options: StatusErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.reason = options.reason;
    this.metadata = options.metadata ?? {};
    this.violations = options.violations ?? [];
    this.retryAfter = options.retryAfter;
  }

  /** The error itself if it is a status; otherwise `internal`, which tells the caller nothing, with the error as its cause. */
  static from(error: unknown): StatusError {
    return error instanceof StatusError ? error : new StatusError('internal', 'internal error', { cause: error });
  }
}
