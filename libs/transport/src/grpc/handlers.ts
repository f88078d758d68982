import type { DescMethod, DescService } from '@bufbuild/protobuf';
import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  sendUnaryData,
  UntypedHandleCall,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import {
  abortable,
  type Context,
  type Endpoint,
  endpointOf,
  type Endpoints,
  isStream,
  type Logger,
  reasonOf,
  StatusError,
  together,
} from '@ko/endpoint';
import { decoderOf } from '../codec/decoder.ts';
import { encoding } from './method.ts';
import { ServerCall } from './server-call.ts';

/** What answers the calls of methods in a grpc-js server. */
export function handlersOf(routes: readonly Route[]): UntypedServiceImplementation {
  return Object.fromEntries(routes.map((route) => [route.method.name, handlerOf(route)]));
}

/** A method that is served. */
export interface Route {
  readonly method: DescMethod;
  readonly endpoint: Endpoint<unknown, unknown>;
  readonly log: Logger;
  readonly decode: (bytes: Buffer) => unknown;
  readonly encode: (response: unknown) => Buffer;
}

/** The methods of a contract, with the endpoints that answer them. */
export function routesOf<S extends DescService>(contract: S, endpoints: Endpoints<S>, log: Logger): readonly Route[] {
  return contract.methods.map((method) => ({
    method,
    endpoint: endpointOf(endpoints, method),
    log,
    decode: decoderOf(method.input),
    encode: encoding(method.output),
  }));
}

function handlerOf(route: Route): UntypedHandleCall {
  const domain = route.method.parent.typeName;
  const lost = (error: unknown): void => route.log.error({ err: error }, 'the end of a call cannot be sent');
  const unary: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
    const current = new ServerCall(call, domain, route.log);
    together(() => void answer(route, current, () => requestOf(route, call.request), callback).catch(lost));
  };
  const clientStreaming: handleClientStreamingCall<Buffer, Buffer> = (call, callback) => {
    const current = new ServerCall(call, domain, route.log);
    void answer(route, current, () => requestsOf(route, call, current.context), callback).catch(lost);
  };
  const serverStreaming: handleServerStreamingCall<Buffer, Buffer> = (call) => {
    const current = new ServerCall(call, domain, route.log);
    void answerStream(route, current, () => requestOf(route, call.request), call).catch(lost);
  };
  const bidiStreaming: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
    const current = new ServerCall(call, domain, route.log);
    void answerStream(route, current, () => requestsOf(route, call, current.context), call).catch(lost);
  };
  const handlers = {
    unary,
    client_streaming: clientStreaming,
    server_streaming: serverStreaming,
    bidi_streaming: bidiStreaming,
  };
  return handlers[route.method.methodKind];
}

async function answer(
  route: Route,
  call: ServerCall,
  request: () => unknown,
  callback: sendUnaryData<Buffer>,
): Promise<void> {
  try {
    if (call.context.signal.aborted) throw reasonOf(call.context.signal);
    const response = responseOf(route, await route.endpoint(request(), call.context), call.context);
    call.sendReply();
    call.answered();
    callback(null, response);
  } catch (error) {
    callback(call.failure(error));
  }
}

async function answerStream(route: Route, call: ServerCall, request: () => unknown, stream: Writable): Promise<void> {
  const { context } = call;
  try {
    if (context.signal.aborted) throw reasonOf(context.signal);
    const responses = await route.endpoint(request(), context);
    if (!isStream(responses)) throw new TypeError(`${route.method.name} has to answer with a stream`);
    await announce(call, responses);
    for await (const response of abortable(responses, context.signal)) {
      if (!stream.write(responseOf(route, response, context))) await once(stream, 'drain', { signal: context.signal });
    }
    call.answered();
    stream.end();
  } catch (error) {
    stream.emit('error', call.failure(error));
  }
}

/** Sends the metadata of the answer, ahead of its messages. Where it cannot be sent, they are let go. */
async function announce(call: ServerCall, responses: AsyncIterable<unknown>): Promise<void> {
  try {
    call.sendReply();
  } catch (error) {
    await responses[Symbol.asyncIterator]().return?.();
    throw error;
  }
}

/** The message of a request. Throws `invalid_argument` when the bytes are none. */
export function requestOf({ method, decode }: Route, bytes: Buffer): unknown {
  try {
    return decode(bytes);
  } catch (cause) {
    throw new StatusError('invalid_argument', `the request is no ${method.input.typeName}`, {
      reason: 'MALFORMED_REQUEST',
      cause,
    });
  }
}

function requestsOf(route: Route, stream: Readable, { signal }: Context): AsyncIterable<unknown> {
  // An endpoint may stop reading and still answer.
  const bytes = stream.iterator({ destroyOnReturn: false });
  const requests = async function* (): AsyncGenerator {
    for await (const each of bytes as AsyncIterable<Buffer>) yield requestOf(route, each);
  };
  return abortable(requests(), signal);
}

/** The bytes of a response. Errors of endpoints are logged by their middleware; it never sees this one. */
export function responseOf({ method, encode }: Route, response: unknown, { log }: Context): Buffer {
  try {
    return encode(response);
  } catch (error) {
    log.error({ err: error }, `the response is no ${method.output.typeName}`);
    throw StatusError.from(error);
  }
}
