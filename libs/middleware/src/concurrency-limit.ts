import { settle, StatusError, type Middleware } from '@ko/endpoint';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ConcurrencyLimiter } from './concurrency-limiter.ts';

/**
 * Refuses at once, as `resource_exhausted`, what is more than the limiter has places for. Nothing waits here: the caller
 * is sooner served by another instance, and what waits too long is work for nobody.
 *
 * What is wrapped with the same limiter shares its places; a call for a request that has one, in the same process, has it too. A single answer counts until it is there, a stream until it is
 * over: streams are as long as their readers want, so they have places of their own and tell nothing about load.
 */
export function concurrencyLimit(limiter: ConcurrencyLimiter): Middleware {
  return (next, method) => (request, context) => {
    if (context.place === limiter) return next(request, context);
    const leave = limiter.enter(method);
    if (leave === undefined) return Promise.reject(overloaded());
    return settle(() => next(request, { ...context, place: limiter }), leave);
  };
}

/** Those who are refused together must not come back together. */
function overloaded(): StatusError {
  return new StatusError('resource_exhausted', 'too much to do at the moment', {
    reason: 'OVERLOADED',
    retryAfter: Math.ceil(100 + Math.random() * 900),
  });
}

/** Shows a limiter, the only one of the registry, as `rpc_server_concurrency_…` and `rpc_server_refused_total`. */
export function observeConcurrency(registry: Registry, limiter: ConcurrencyLimiter): void {
  const registers = [registry];
  new Gauge({
    name: 'rpc_server_concurrency_limit',
    help: 'Calls that may be at work at once: of single messages, which adapts, and of streams, which does not.',
    labelNames: ['kind'],
    registers,
    collect() {
      const { limit, maxStreams } = limiter.state;
      this.set({ kind: 'unary' }, limit);
      this.set({ kind: 'stream' }, maxStreams);
    },
  });
  new Gauge({
    name: 'rpc_server_concurrency_in_use',
    help: 'Calls that have a place at present.',
    labelNames: ['kind'],
    registers,
    collect() {
      const { inFlight, streams } = limiter.state;
      this.set({ kind: 'unary' }, inFlight);
      this.set({ kind: 'stream' }, streams);
    },
  });
  new Counter({
    name: 'rpc_server_refused_total',
    help: 'Calls refused because there was too much to do.',
    registers,
    collect() {
      this.reset();
      this.inc(limiter.state.refused);
    },
  });
}
