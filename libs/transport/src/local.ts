import { create, type DescMessage, type DescMethod, type DescService, type MessageInitShape } from '@bufbuild/protobuf';
import {
  abortable,
  Alarms,
  CallController,
  type Client,
  type Context,
  deadlineExceeded,
  type Endpoint,
  endpointOf,
  type Endpoints,
  isStream,
  lateAt,
  listen,
  type Logger,
  makeClient,
  orAborted,
  reasonOf,
  StatusError,
  type StreamEnd,
  unlisten,
  type Waiting,
} from '@ko/endpoint';

export interface LocalOptions {
  /** The logger of the callee's context; the caller's unless given. */
  readonly log?: Logger;
}

/**
 * The endpoints of a contract that is served in this process. A call behaves as over a network: it ends with its
 * deadline and with its caller, metadata passes as it would there, and only a StatusError tells what happened.
 *
 * Messages are handed over, not copied: who sends one does not change it afterwards.
 */
export function local<S extends DescService>(
  contract: S,
  endpoints: Endpoints<S>,
  options: LocalOptions = {},
): Client<S> {
  return makeClient(contract, (method) => endpointFor(method, endpointOf(endpoints, method), options));
}

function endpointFor(
  { input, output }: DescMethod,
  endpoint: Endpoint<unknown, unknown>,
  { log }: LocalOptions,
): Endpoint<unknown, unknown> {
  return async (request, caller) => {
    const call = new LocalCall(caller);
    const { signal } = call;
    const context = calleeContext(caller, signal, log);
    try {
      if (signal.aborted) throw reasonOf(signal);
      const received = isStream(request) ? abortable(messagesOf(input, request), signal) : messageOf(input, request);
      const response = await orAborted(endpoint(received, context), signal);
      if (isStream(response)) return abortable(messagesOf(output, response), signal, (end) => call.over(end));
      const message = messageOf(output, response);
      call.over('ended');
      return message;
    } catch (error) {
      call.over('failed');
      throw StatusError.from(error);
    } finally {
      for (const [name, value] of context.reply) caller.reply.set(name, value);
    }
  };
}

const alarms = new Alarms();

/** The life of a call: it ends early with its caller, with its deadline, and with a reader who stops. */
class LocalCall implements Waiting {
  readonly at: number;
  place = -1;
  readonly #controller = new CallController();
  readonly #caller: AbortSignal;

  constructor({ signal, deadline }: Context) {
    this.#caller = signal;
    listen(signal, this);
    if (signal.aborted) this.handleEvent();
    this.at = lateAt(deadline);
    if (deadline !== undefined && deadline <= Date.now()) this.late();
    else if (deadline !== undefined) alarms.add(this);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  late(): void {
    this.#controller.abort(deadlineExceeded());
  }

  /** The caller's signal has aborted. */
  handleEvent(): void {
    this.#controller.abort(reasonOf(this.#caller));
  }

  over(end: StreamEnd): void {
    alarms.delete(this);
    unlisten(this.#caller, this);
    if (end === 'left') this.#controller.abort(new StatusError('cancelled', 'the caller has gone'));
  }
}

function calleeContext(caller: Context, signal: AbortSignal, log: Logger = caller.log): Context {
  const { requestId, deadline, outgoing, peer, place } = caller;
  const sent = Object.entries(outgoing).map(([name, value]) => [name.toLowerCase(), value] as const);
  const metadata = { ...Object.fromEntries(sent), 'x-request-id': requestId };
  return { requestId, signal, deadline, peer, metadata, outgoing: {}, reply: new Map(), log, place };
}

function messageOf(schema: DescMessage, value: unknown): unknown {
  // Endpoints are typed by their method, which a loop over methods does not show.
  return create(schema, value as MessageInitShape<DescMessage>);
}

async function* messagesOf(schema: DescMessage, stream: AsyncIterable<unknown>): AsyncGenerator {
  try {
    for await (const value of stream) yield messageOf(schema, value);
  } catch (error) {
    throw StatusError.from(error);
  }
}
