import {
  create,
  fromJson,
  type DescMessage,
  type DescMethod,
  type DescService,
  type JsonValue,
  type Message,
  type MessageInitShape,
} from '@bufbuild/protobuf';
import { type Client, type Context, deadlineExceeded, type Endpoint, makeClient, StatusError } from '@ko/endpoint';
import { methodBindings, type Binding } from './binding.ts';
import { Call, timeLeft } from './call.ts';
import { encodeRequest } from './encode-request.ts';
import { errorFromProblem } from './problem-decoding.ts';

export interface HttpClientOptions {
  /** What sends a request; the platform's own when there is none. */
  readonly fetch?: typeof fetch;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A client of a contract over HTTP, by the first route of each method. It rejects with what a problem document reports,
 * with `unavailable` when there is no answer, and with `unimplemented` when the method has no route.
 */
export function httpClient<S extends DescService>(
  contract: S,
  baseUrl: string,
  options: HttpClientOptions = {},
): Client<S> {
  const base = baseUrl.replace(/\/$/, '');
  return makeClient(contract, (method) => endpointFor(method, base, options));
}

function endpointFor(method: DescMethod, base: string, options: HttpClientOptions): Endpoint<unknown, unknown> {
  const [binding] = methodBindings(method);
  if (binding === undefined) return noRoute(method);
  const { fetch: send = fetch, headers = {} } = options;

  return async (request, context) => {
    if (context.deadline !== undefined && context.deadline <= Date.now()) throw deadlineExceeded();
    // Endpoints are typed by their method, which a loop over methods does not show.
    const message = create(method.input, request as MessageInitShape<DescMessage>);
    const { path, body } = encode(binding, message);
    const call = new Call(context);
    try {
      const response = await send(base + path, {
        method: binding.verb,
        headers: { ...headers, ...headersOf(binding, context, body) },
        signal: call.signal,
        ...(body !== undefined && { body }),
      });
      response.headers.forEach((value, name) => context.reply.set(name, value));
      if (!response.ok) throw await failureOf(response);
      if (method.methodKind === 'server_streaming') return call.stream(messagesOf(binding, response));

      const text = await response.text();
      const answer = decode(binding, () => JSON.parse(text) as JsonValue);
      call.end();
      return answer;
    } catch (error) {
      call.end();
      throw call.failure(error);
    }
  };
}

function noRoute({ parent, name }: DescMethod): Endpoint<unknown, unknown> {
  return async () => {
    throw new StatusError('unimplemented', `${parent.typeName}/${name} has no route over HTTP`);
  };
}

function encode(binding: Binding, message: Message): ReturnType<typeof encodeRequest> {
  try {
    return encodeRequest(binding, message);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    const text = 'a path has no place for half of a character';
    throw new StatusError('invalid_argument', text, { reason: 'MALFORMED_REQUEST', cause: error });
  }
}

function headersOf({ method }: Binding, context: Context, body: string | undefined): Record<string, string> {
  return {
    ...context.outgoing,
    accept: method.methodKind === 'unary' ? 'application/json' : 'application/x-ndjson',
    'x-request-id': context.requestId,
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(context.deadline !== undefined && { 'x-request-timeout-ms': String(timeLeft(context.deadline)) }),
  };
}

async function failureOf(response: Response): Promise<StatusError> {
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return errorFromProblem(isJson ? parsed(await response.text()) : undefined, response.status);
}

/** The JSON of a text; undefined when it is none, whatever it was said to be. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decode({ method: { output }, responseBody }: Binding, read: () => JsonValue): Message {
  try {
    const json = read();
    const whole = responseBody === undefined ? json : { [responseBody.jsonName]: json };
    // A newer server may send fields that this contract does not have yet.
    return fromJson(output, whole, { ignoreUnknownFields: true });
  } catch (error) {
    throw new StatusError('internal', `the answer is no ${output.typeName}`, { cause: error });
  }
}

async function* messagesOf(binding: Binding, { body }: Response): AsyncGenerator<Message> {
  if (body === null) return;
  for await (const line of linesOf(body)) {
    const { result, error } = JSON.parse(line) as { result?: JsonValue; error?: { status?: number } };
    if (error !== undefined) throw errorFromProblem(error, error.status ?? 500);
    if (result !== undefined) yield decode(binding, () => result);
  }
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
