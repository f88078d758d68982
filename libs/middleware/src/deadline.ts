import { getOption, hasOption, type DescMethod } from '@bufbuild/protobuf';
import { timeout_ms } from '@ko/contracts/options';
import {
  abortable,
  Alarms,
  begin,
  CallController,
  isStream,
  listen,
  reasonOf,
  StatusError,
  unlisten,
  type Middleware,
  type Waiting,
} from '@ko/endpoint';
import { nameOf } from './method-name.ts';

export interface DeadlineOptions {
  /** Milliseconds that a call may take, whatever its caller would wait, unless the contract says otherwise (`timeout_ms`). */
  readonly max?: number;
  /**
   * A call that is made gets a little less than what its caller has left, so that the answer still gets there. So who only
   * relays requests need not end them: it says when they are late, and the calls that it makes end before.
   */
  readonly side?: 'server' | 'relay' | 'client';
}

/** What an answer needs for its way back to the caller: milliseconds at most, and a share of what is left. */
const wayBack = { most: 20, share: 0.1 };

/**
 * Ends a call at its deadline: the caller's, or `max` from now if that is earlier. Its signal aborts then, and the call
 * rejects with `deadline_exceeded` at once, even if the endpoint goes on. The failure names the method: of several
 * processes on the way it is the innermost one that was too slow, since each has less time than its caller.
 */
export function deadline({ max = 10_000, side = 'server' }: DeadlineOptions = {}): Middleware {
  const alarms = new Alarms();

  return (next, method) => {
    const own = timeoutOf(method, max);

    return (request, context) => {
      const now = Date.now();
      const left = Math.min((context.deadline ?? Infinity) - now, own);
      if (left <= 0) return Promise.reject(exceeded(method, 0));
      if (side === 'relay') return next(request, { ...context, deadline: now + left });
      const time = side === 'client' ? left - Math.min(wayBack.most, left * wayBack.share) : left;

      const call = new LimitedCall(method, time, { alarms, caller: context.signal });
      return call.make(() => next(request, { ...context, deadline: now + time, signal: call.signal }));
    };
  };
}

/** A call that ends with its time, or with its caller. */
class LimitedCall implements Waiting {
  readonly at: number;
  place = -1;
  readonly #method: DescMethod;
  readonly #time: number;
  readonly #alarms: Alarms;
  readonly #caller: AbortSignal;
  readonly #controller = new CallController();
  #giveUp: ((reason: StatusError) => void) | undefined;

  constructor(method: DescMethod, time: number, { alarms, caller }: { alarms: Alarms; caller: AbortSignal }) {
    this.at = performance.now() + time;
    this.#method = method;
    this.#time = time;
    this.#alarms = alarms;
    this.#caller = caller;
    alarms.add(this);
    if (caller.aborted) this.handleEvent();
    else listen(caller, this);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The answer, unless the call ends before: then it is left to itself. */
  make<Res>(call: () => Promise<Res>): Promise<Res> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        this.#over();
        reject(this.named(error));
      };
      this.#giveUp = fail;
      if (this.signal.aborted) fail(reasonOf(this.signal));
      begin(call).then((response) => {
        if (!isStream(response)) this.#over();
        // What comes back is read as the stream that went in.
        resolve(isStream(response) ? (this.#stream(response) as Res) : response);
      }, fail);
    });
  }

  /** The stream, which ends with the call. */
  #stream<T>(source: AsyncIterable<T>): AsyncIterable<T> {
    return naming(
      abortable(source, this.signal, () => this.#over()),
      this,
    );
  }

  #over(): void {
    this.#alarms.delete(this);
    unlisten(this.#caller, this);
  }

  /** Transports keep the same deadline, and may be the first to say so: without a name. */
  named<E>(error: E): E | StatusError {
    const isNameless = error instanceof StatusError && error.code === 'deadline_exceeded' && error.reason === undefined;
    return isNameless ? exceeded(this.#method, Math.round(this.#time)) : error;
  }

  late(): void {
    this.#end(exceeded(this.#method, Math.round(this.#time)));
  }

  /** The caller's signal has aborted. */
  handleEvent(): void {
    this.#end(this.named(reasonOf(this.#caller)));
  }

  #end(reason: StatusError): void {
    this.#controller.abort(reason);
    this.#giveUp?.(reason);
  }
}

/** Milliseconds that a call of a method may take at most: `max`, unless its contract says otherwise. */
export function timeoutOf(method: DescMethod, max: number): number {
  return hasOption(method, timeout_ms) ? getOption(method, timeout_ms) : max;
}

function exceeded(method: DescMethod, time: number): StatusError {
  const name = nameOf(method);
  const message = time > 0 ? `${name} took longer than the ${time} ms it had` : `there was no time left for ${name}`;
  return new StatusError('deadline_exceeded', message, {
    reason: 'DEADLINE_EXCEEDED',
    metadata: { method: name, timeout_ms: String(time) },
  });
}

function naming<T>(stream: AsyncIterable<T>, call: LimitedCall): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const items = stream[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            return await items.next();
          } catch (error) {
            throw call.named(error);
          }
        },
        async return() {
          await items.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
