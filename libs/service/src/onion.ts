import { chain, type Authenticated, type Middleware } from '@ko/endpoint';
import {
  authentication,
  authorization,
  clientTracing,
  concurrencyLimit,
  deadline,
  forward,
  logging,
  metrics,
  retry,
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
  /** Requests at work at once; more are refused. */
  readonly maxConcurrency?: number;
}

/** What stands around every endpoint that a process serves, from the outside in. */
export function serverMiddleware(options: ServerOptions): Middleware<Authenticated> {
  const { telemetry, schemes, maxDeadline = 10_000, maxConcurrency = 500 } = options;
  const observed = chain(serverTracing(telemetry.tracer), metrics(telemetry.metrics, { side: 'server' }), logging());
  const bounded = chain(deadline({ max: maxDeadline }), concurrencyLimit({ limit: maxConcurrency }));
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
}

/** What stands around every call that a process makes, from the outside in; the balancer is inside it. */
export function clientMiddleware(options: ClientOptions): Middleware {
  const { telemetry, forwarded = ['authorization'], relayed = [], maxDeadline = 10_000 } = options;
  return chain(
    forward({ request: forwarded, response: relayed }),
    clientTracing(telemetry.tracer),
    metrics(telemetry.metrics, { side: 'client' }),
    logging({ side: 'client' }),
    deadline({ max: maxDeadline }),
    retry(),
  );
}
