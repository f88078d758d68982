import type {
  DescMethod,
  DescMethodBiDiStreaming,
  DescMethodClientStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from '@bufbuild/protobuf';
import type { Context } from './context.ts';

/**
 * One RPC: the building block of servers and clients alike.
 *
 * A streamed request or response is an AsyncIterable of messages: a streaming endpoint resolves when the stream begins,
 * and the stream throws what makes it fail later.
 */
export type Endpoint<Req, Res, C = Context> = (request: Req, context: C) => Promise<Res>;

/** One endpoint for each method of a contract: what a service implements. Responses may leave fields out. */
export type Endpoints<S extends DescService, C = Context> = {
  readonly [M in keyof S['method']]: S['method'][M] extends DescMethodUnary<infer I, infer O>
    ? Endpoint<MessageShape<I>, MessageInitShape<O>, C>
    : S['method'][M] extends DescMethodServerStreaming<infer I, infer O>
      ? Endpoint<MessageShape<I>, AsyncIterable<MessageInitShape<O>>, C>
      : S['method'][M] extends DescMethodClientStreaming<infer I, infer O>
        ? Endpoint<AsyncIterable<MessageShape<I>>, MessageInitShape<O>, C>
        : S['method'][M] extends DescMethodBiDiStreaming<infer I, infer O>
          ? Endpoint<AsyncIterable<MessageShape<I>>, AsyncIterable<MessageInitShape<O>>, C>
          : never;
};

/** One endpoint for each method of a contract: what a caller has. Requests may leave fields out. A client is Endpoints, too. */
export type Client<S extends DescService> = {
  readonly [M in keyof S['method']]: S['method'][M] extends DescMethodUnary<infer I, infer O>
    ? Endpoint<MessageInitShape<I>, MessageShape<O>>
    : S['method'][M] extends DescMethodServerStreaming<infer I, infer O>
      ? Endpoint<MessageInitShape<I>, AsyncIterable<MessageShape<O>>>
      : S['method'][M] extends DescMethodClientStreaming<infer I, infer O>
        ? Endpoint<AsyncIterable<MessageInitShape<I>>, MessageShape<O>>
        : S['method'][M] extends DescMethodBiDiStreaming<infer I, infer O>
          ? Endpoint<AsyncIterable<MessageInitShape<I>>, AsyncIterable<MessageShape<O>>>
          : never;
};

/** The endpoints of a contract, made method by method. */
export function makeEndpoints<S extends DescService, C>(
  contract: S,
  make: (method: DescMethod) => Endpoint<unknown, unknown, C>,
): Endpoints<S, C> {
  // The type of each endpoint follows from its method, which the compiler cannot see through a loop over them.
  return Object.fromEntries(contract.methods.map((method) => [method.localName, make(method)])) as Endpoints<S, C>;
}

/** The client of a contract, made method by method. */
export function makeClient<S extends DescService>(
  contract: S,
  make: (method: DescMethod) => Endpoint<unknown, unknown>,
): Client<S> {
  return makeEndpoints<S, Context>(contract, make) as unknown as Client<S>;
}

/** A method's endpoint. Throws when there is none: the types forbid it, JavaScript does not. */
export function endpointOf<S extends DescService, C = Context>(
  endpoints: Endpoints<S, C>,
  method: DescMethod,
): Endpoint<unknown, unknown, C> {
  const endpoint = (endpoints as Readonly<Record<string, Endpoint<unknown, unknown, C>>>)[method.localName];
  if (endpoint === undefined) throw new TypeError(`no endpoint for ${method.parent.typeName}/${method.name}`);
  return endpoint;
}
