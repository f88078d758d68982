import { chain, type Authenticated, type Middleware } from '@ko/endpoint';
import {
  authentication,
  authorization,
  clientTracing,
  concurrencyLimit,
  ConcurrencyLimiter,
  deadline,
  forward,
  hedge,
  logging,
  metrics,
  retry,
  RetryBudget,
  serverTracing,
  validation,
  type Scheme,
} from '@ko/middleware';
import type { Telemetry } from './telemetry.ts';

export interface ServerOptions {
  readonly telemetry: Telemetry;
  /** How callers prove who they are. */
  readonly schemes: readonly Scheme[];
  /** Milliseconds that a request may take at most, whatever its caller would wait. */
  readonly maxDeadline?: number;
  /** Holds the places for requests: one for all that a process serves. */
  readonly limiter?: ConcurrencyLimiter;
  /** Whether callers come from outside: they are told their trace, and an access log has a line for each request. */
  readonly isEdge?: boolean;
  /** Whether all that endpoints do is to call others, as clients do: it is then those calls that end in time. */
  readonly isRelay?: boolean;
}

/** What stands around every endpoint that a process serves, from the outside in. */
export function serverMiddleware(options: ServerOptions): Middleware<Authenticated> {
  const { telemetry, schemes, maxDeadline = 10_000, limiter = new ConcurrencyLimiter() } = options;
  const { isEdge = false, isRelay = false } = options;
  const observed = chain(
    serverTracing(telemetry.spans, { tell: isEdge }),
    metrics(telemetry.metrics, { side: 'server' }),
    logging({ side: isEdge ? 'edge' : 'server' }),
  );
  const bounded = chain(deadline({ max: maxDeadline, side: isRelay ? 'relay' : 'server' }), concurrencyLimit(limiter));
  const allowed = chain(authentication(schemes), authorization());
  return chain(chain(chain(observed, bounded), allowed), validation());
}

export interface ClientOptions {
  readonly telemetry: Telemetry;
  /** Metadata of the request at hand that goes on with the calls made for it. */
  readonly forwarded?: readonly string[];
  /** Metadata of the answer that goes back to the caller of the request at hand. */
  readonly relayed?: readonly string[];
  /** Milliseconds that a call may take at most. */
  readonly maxDeadline?: number;
  /** Milliseconds without an answer until a safe read is asked for once more; 0 is never. */
  readonly hedgeAfter?: number;
  /** What retries and hedges may cost: one for all calls of one callee. */
  readonly retryBudget?: RetryBudget;
}

/** What stands around every call that a process makes, from the outside in; the balancer is inside it. */
export function clientMiddleware(options: ClientOptions): Middleware {
  const { telemetry, forwarded = ['authorization'], relayed = [], maxDeadline = 10_000 } = options;
  const { hedgeAfter = 0, retryBudget = new RetryBudget() } = options;
  return chain(
    forward({ request: forwarded, response: relayed }),
    clientTracing(telemetry.spans),
    metrics(telemetry.metrics, { side: 'client' }),
    logging({ side: 'client' }),
    deadline({ max: maxDeadline, side: 'client' }),
    retry(retryBudget, { metrics: telemetry.metrics }),
    hedge(retryBudget, { after: hedgeAfter, metrics: telemetry.metrics }),
  );
}
