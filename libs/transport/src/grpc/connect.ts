import type { DescMethod, DescService } from '@bufbuild/protobuf';
import type { Client as GrpcClient, requestCallback as Callback } from '@grpc/grpc-js';
import { Health } from '@ko/contracts/grpc';
import { begin, type Client, type Endpoint, isStream, makeClient, reasonOf } from '@ko/endpoint';
import { grpcChannel, type GrpcChannel } from './channel.ts';
import { ClientCall, decoding } from './client-call.ts';
import { asIs, definitionOf, encoding } from './method.ts';
import { maxFrame } from './multiplex/limits.ts';

/**
 * The endpoints of a contract that is served at the other end of the channel, or at an address: then over a connection
 * of its own that lasts as long as the process. A callee that cannot be reached is `unavailable` at once.
 */
export function connect<S extends DescService>(contract: S, target: GrpcChannel | string): Client<S> {
  const channel = typeof target === 'string' ? grpcChannel(target) : target;
  return makeClient(contract, (method) => endpointFor(method, channel));
}

function endpointFor(method: DescMethod, channel: GrpcChannel): Endpoint<unknown, unknown> {
  const plain = plainEndpoint(method, channel);
  // A check that waits behind slow calls would say of a slow server that it hangs.
  const isShared = method.methodKind === 'unary' && method.parent.typeName !== Health.typeName;
  return isShared ? multiplexedEndpoint(method, channel, plain) : plain;
}

/** A call of its own for each request. */
function plainEndpoint(method: DescMethod, channel: GrpcChannel): Endpoint<unknown, unknown> {
  const prepare = callers[method.methodKind];
  const { path } = definitionOf(method);
  return async (request, context) => {
    if (context.signal.aborted) throw reasonOf(context.signal);
    const call = new ClientCall(method, context);
    const send = prepare(call, request);
    try {
      return await send(channel.client, path);
    } catch (error) {
      throw call.failure(error);
    }
  };
}

/** Requests that share a stream with others, while there is one. What is large goes its own way, not to hold them up. */
function multiplexedEndpoint(
  method: DescMethod,
  channel: GrpcChannel,
  plain: Endpoint<unknown, unknown>,
): Endpoint<unknown, unknown> {
  const { input, output, parent } = method;
  const encode = encoding(input);
  const decode = decoding(output);
  const callable = { method: `${parent.typeName}/${method.name}`, contract: parent.typeName, decode };
  const make: Endpoint<unknown, unknown> = (request, context) => {
    const caller = channel.multiplexed;
    if (caller === undefined) return plain(request, context);
    if (context.signal.aborted) throw reasonOf(context.signal);
    const bytes = encode(request);
    if (bytes.byteLength > maxFrame) return plain(request, context);
    return caller.call(callable, bytes, context) ?? plain(request, context);
  };
  return (request, context) => begin(() => make(request, context));
}

type Send = (client: GrpcClient, path: string) => Promise<unknown>;

/** What to send, made before the call begins: what cannot be sent is no failure of the callee. */
const callers: Readonly<Record<DescMethod['methodKind'], (call: ClientCall, request: unknown) => Send>> = {
  unary: (call, request) => {
    const { metadata, options } = call;
    const bytes = call.request(request);
    return async (client, path) =>
      call.response(
        await answer((done) => call.follow(client.makeUnaryRequest(path, asIs, asIs, bytes, metadata, options, done))),
      );
  },
  client_streaming: (call, request) => {
    const { metadata, options } = call;
    const messages = streamOf(request);
    return async (client, path) => {
      const bytes = await answer((done) => {
        const stream = call.follow(client.makeClientStreamRequest(path, asIs, asIs, metadata, options, done));
        void call.send(stream, messages);
      });
      return call.response(bytes);
    };
  },
  server_streaming: (call, request) => {
    const { metadata, options } = call;
    const bytes = call.request(request);
    return async (client, path) =>
      call.receive(call.follow(client.makeServerStreamRequest(path, asIs, asIs, bytes, metadata, options)));
  },
  bidi_streaming: (call, request) => {
    const { metadata, options } = call;
    const messages = streamOf(request);
    return async (client, path) => {
      const stream = call.follow(client.makeBidiStreamRequest(path, asIs, asIs, metadata, options));
      void call.send(stream, messages);
      return call.receive(stream);
    };
  },
};

function answer(start: (callback: Callback<Buffer>) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    start((error, bytes) => {
      if (bytes === undefined) reject(error ?? new Error('no answer'));
      else resolve(bytes);
    });
  });
}

function streamOf(request: unknown): AsyncIterable<unknown> {
  if (!isStream(request)) throw new TypeError('the request has to be a stream');
  return request;
}
