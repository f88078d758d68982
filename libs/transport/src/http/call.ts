import { type Context, deadlineExceeded, reasonOf, StatusError } from '@ko/endpoint';

/** One call of a client: ends when it is answered, when its caller gives up, or when its time is over. */
export class Call {
  readonly #controller = new AbortController();
  readonly #context: Context;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #abort = (): void => this.#controller.abort(this.#context.signal.reason);

  constructor(context: Context) {
    this.#context = context;
    if (context.signal.aborted) this.#abort();
    context.signal.addEventListener('abort', this.#abort, { once: true });
    if (context.deadline !== undefined) {
      this.#timer = setTimeout(() => {
        this.#controller.abort(deadlineExceeded());
      }, timeLeft(context.deadline));
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Lets go of the caller's signal and of the clock. */
  end(): void {
    clearTimeout(this.#timer);
    this.#context.signal.removeEventListener('abort', this.#abort);
  }

  /** Why the call failed, told from what was thrown. */
  failure(error: unknown): StatusError {
    if (error instanceof StatusError) return error;
    if (this.signal.aborted) return reasonOf(this.signal);
    return new StatusError('unavailable', 'the server does not answer', { cause: error });
  }

  /** The items of the answer, whose reader ends the call by stopping. */
  async *stream<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* items;
    } catch (error) {
      throw this.failure(error);
    } finally {
      this.end();
      this.#controller.abort();
    }
  }
}

/** Milliseconds until a deadline: at least 1, and as many as a timer can wait. */
export function timeLeft(deadline: number): number {
  return Math.min(Math.max(Math.ceil(deadline - Date.now()), 1), 2 ** 31 - 1);
}
