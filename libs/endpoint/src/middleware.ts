import type { DescMethod, DescService } from '@bufbuild/protobuf';
import type { Context } from './context.ts';
import { endpointOf, makeClient, makeEndpoints, type Client, type Endpoint, type Endpoints } from './endpoint.ts';

/**
 * Behaviour that wraps any endpoint. It learns which method it wraps once, when it wraps it.
 *
 * `Adds` is what it puts into the context of the layers inside it, `Needs` what layers outside it must have put there.
 */
export type Middleware<Adds = unknown, Needs = unknown> = <C extends Context & Needs, Req, Res>(
  next: Endpoint<Req, Res, C & Adds>,
  method: DescMethod,
) => Endpoint<Req, Res, C>;

/** One middleware made of several. A request passes them in the order given, an answer in the reverse. */
export function chain<A, B, N>(outer: Middleware<A, N>, inner: Middleware<B, NoInfer<A>>): Middleware<A & B, N>;
export function chain(...layers: readonly Middleware[]): Middleware;
export function chain(...layers: readonly Middleware[]): Middleware {
  return (next, method) => layers.reduceRight((inner, layer) => layer(inner, method), next);
}

/** A contract's endpoints, each wrapped by the middleware. */
export function wrap<S extends DescService, C extends Context & N, A, N>(
  contract: S,
  endpoints: Endpoints<S, C & A>,
  middleware: Middleware<A, N>,
): Endpoints<S, C> {
  return makeEndpoints(contract, (method) =>
    middleware<C, unknown, unknown>(endpointOf<S, C & A>(endpoints, method), method),
  );
}

/** A contract's client, each of its endpoints wrapped by the middleware. */
export function wrapClient<S extends DescService>(contract: S, client: Client<S>, middleware: Middleware): Client<S> {
  return makeClient(contract, (method) => middleware<Context, unknown, unknown>(endpointOf<S>(client, method), method));
}
