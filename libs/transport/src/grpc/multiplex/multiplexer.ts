import { type Client, connectivityState, Metadata, status } from '@grpc/grpc-js';
import { MultiplexService } from '@ko/contracts/transport';
import { asIs } from '../method.ts';
import { MalformedBatch } from './batch-reader.ts';
import { Caller } from './caller.ts';

export interface MultiplexerOptions {
  readonly maxMessageSize: number;
  /** Milliseconds between signs of life. */
  readonly keepalive: number;
}

/** Milliseconds until a stream is asked for again: of a server that has none, and of one that was lost or stops. */
const pauses = { unable: 60_000, lost: 1_000 };

const path = `/${MultiplexService.typeName}/${MultiplexService.method.exchange.name}`;

/** Keeps one stream open to a server that offers multiplexing. */
export class Multiplexer {
  readonly #client: Client;
  readonly #options: MultiplexerOptions;
  #caller: Caller | undefined;
  #resumes = 0;

  constructor(client: Client, options: MultiplexerOptions) {
    this.#client = client;
    this.#options = options;
    this.#watch();
  }

  /** What calls can be made with now; undefined while there is no stream, which it then asks for. */
  get caller(): Caller | undefined {
    if (this.#caller === undefined && performance.now() >= this.#resumes) this.#open();
    return this.#caller?.isOpen === true ? this.#caller : undefined;
  }

  /** Makes no more calls. Those at work go on to their end. */
  close(): void {
    this.#resumes = Infinity;
    this.#caller?.close();
  }

  /** Makes no more calls on a connection that takes no new ones, as one that is about to be closed (GOAWAY). */
  #watch(): void {
    const channel = this.#client.getChannel();
    const state = channel.getConnectivityState(false);
    if (state === connectivityState.SHUTDOWN) return;
    channel.watchConnectivityState(state, Infinity, () => {
      if (state === connectivityState.READY) this.#caller?.close();
      this.#watch();
    });
  }

  #open(): void {
    const stream = this.#client.makeBidiStreamRequest<Buffer, Buffer>(path, asIs, asIs, new Metadata(), {});
    const over = (fault?: unknown): void => {
      const pause = isUnable(fault) ? pauses.unable : pauses.lost;
      this.#resumes = Math.max(this.#resumes, performance.now() + pause);
      this.#caller = undefined;
    };
    this.#caller = new Caller(stream, { ...this.#options, over });
  }
}

/** Whether the server cannot multiplex, or not as we do. */
function isUnable(fault: unknown): boolean {
  if (fault instanceof MalformedBatch) return true;
  return fault instanceof Error && 'code' in fault && fault.code === status.UNIMPLEMENTED;
}
