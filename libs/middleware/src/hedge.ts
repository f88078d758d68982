import type { DescMethod } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel as Level } from '@bufbuild/protobuf/wkt';
import {
  Alarms,
  begin,
  CallController,
  listen,
  reasonOf,
  StatusError,
  unlisten,
  type Code,
  type Context,
  type Endpoint,
  type Middleware,
  type Waiting,
} from '@ko/endpoint';
import type { Registry } from 'prom-client';
import { outcomeCounter } from './outcome-counter.ts';
import type { RetryBudget } from './retry-budget.ts';

export interface HedgeOptions {
  /** Milliseconds without an answer until the call is made once more; 0 is never. About the 95th percentile is good. */
  readonly after?: number;
  /** Where `rpc_client_hedges_total` is counted. */
  readonly metrics?: Registry;
}

type Outcome = 'won' | 'lost' | 'failed' | 'budget_exhausted';

/** The other attempt may do better: these tell about an instance, all others about the request. */
const faults: ReadonlySet<Code> = new Set([
  'cancelled',
  'unknown',
  'deadline_exceeded',
  'resource_exhausted',
  'internal',
  'unavailable',
  'data_loss',
]);

/**
 * Asks once more when an answer takes long, takes the answer that comes first, and cancels the other attempt. A fault of
 * one attempt does not end the call while the other runs; a failure that is an answer, such as `not_found`, does. Only for
 * methods without side effects, and not for streams.
 *
 * It belongs outside the balancer, and inside `retry`, whose budget it takes from. Dean and Barroso, "The Tail at Scale",
 * 2013.
 */
export function hedge(budget: RetryBudget, { after = 0, metrics }: HedgeOptions = {}): Middleware {
  const count: (method: DescMethod, outcome: Outcome) => void = outcomeCounter(
    metrics,
    'rpc_client_hedges_total',
    'Calls that took long enough to be made once more, by whether that answered first, and else why not.',
  );

  const alarms = new Alarms();

  return (next, method) => {
    if (after <= 0 || method.methodKind !== 'unary' || method.idempotency !== Level.NO_SIDE_EFFECTS) return next;

    return (request, context) => {
      const first = new Attempt(next, request, context);
      return first.takeOr(after, alarms, async () => {
        if (context.signal.aborted) return first.take();
        if (!budget.withdraw()) {
          count(method, 'budget_exhausted');
          return first.take();
        }
        const second = new Attempt(next, request, context);
        const winner = await Promise.any([first.conclusion(), second.conclusion()]).catch(() => undefined);
        for (const attempt of [first, second]) if (attempt !== winner) attempt.cancel();
        count(method, winner === undefined ? 'failed' : winner === second ? 'won' : 'lost');
        return (winner ?? first).take();
      });
    };
  };
}

/** One call of several for the same request, with a signal and a reply of its own. */
class Attempt<Req, Res, C extends Context> implements Waiting {
  readonly #controller = new CallController();
  readonly #context: C;
  readonly #reply = new Map<string, string>();
  readonly #response: Promise<Res>;
  /** When it has taken long enough for another one, and what happens then. */
  at = Infinity;
  place = -1;
  late: () => void = nothing;

  constructor(next: Endpoint<Req, Res, C>, request: Req, context: C) {
    const { signal } = this.#controller;
    this.#context = context;
    if (context.signal.aborted) this.handleEvent();
    else listen(context.signal, this);
    this.#response = begin(() => next(request, { ...context, signal, reply: this.#reply }));
  }

  /** What `take` resolves to, if that is there within the time; else what `more` does. */
  takeOr(milliseconds: number, alarms: Alarms, more: () => Promise<Res>): Promise<Res> {
    this.at = performance.now() + milliseconds;
    alarms.add(this);
    return new Promise((resolve) => {
      this.late = () => resolve(more());
      this.#response.then(
        (response) => {
          if (!alarms.delete(this)) return;
          this.#over();
          resolve(response);
        },
        () => {
          if (!alarms.delete(this)) return;
          this.#over();
          resolve(this.#response); // Rejects with it.
        },
      );
    });
  }

  /** Resolves when the attempt has an answer, rejects when it comes to nothing. */
  async conclusion(): Promise<this> {
    try {
      await this.#response;
    } catch (error) {
      if (faults.has(StatusError.from(error).code)) throw error;
    }
    return this;
  }

  /** The answer or the failure, with what goes back with it. */
  async take(): Promise<Res> {
    try {
      return await this.#response;
    } finally {
      this.#over();
    }
  }

  cancel(): void {
    unlisten(this.#context.signal, this);
    this.#controller.abort(new StatusError('cancelled', 'the same call was answered elsewhere'));
  }

  #over(): void {
    unlisten(this.#context.signal, this);
    for (const [name, value] of this.#reply) this.#context.reply.set(name, value);
  }

  /** The caller's signal has aborted. */
  handleEvent(): void {
    this.#controller.abort(reasonOf(this.#context.signal));
  }
}

const nothing = (): void => {};
