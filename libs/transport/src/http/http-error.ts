import { StatusError, type Code, type StatusErrorOptions } from '@ko/endpoint';

/** A refusal by HTTP itself, before any endpoint, whose status says more than that of its code. */
export class HttpError extends StatusError {
  readonly status: number;

  constructor(status: number, code: Code, message: string, options: StatusErrorOptions = {}) {
    super(code, message, options);
    this.status = status;
  }
}
