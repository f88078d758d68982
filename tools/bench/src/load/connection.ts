import { connect, type Socket } from 'node:net';
import { ResponseReader } from './response-reader.ts';

/** Milliseconds that an answer may take. */
const patience = 20_000;

/** What there is to know of a connection's requests. */
export interface ConnectionListener {
  /** A response has come: the connection is free for the next request. */
  answered(connection: Connection, status: number): void;
  /** A request, or the connection itself, failed; it is connected again by the next request. */
  failed(connection: Connection, reason: string): void;
}

/** All connections read into the same memory: each read is dealt with before the next. */
const memory = Buffer.allocUnsafe(256 * 1024);

/** A keep-alive connection to a server on this machine, with at most one request at a time. */
export class Connection {
  /** When its request was due, by `performance.now()`. */
  due = 0;
  readonly #port: number;
  readonly #listener: ConnectionListener;
  #socket: Socket | undefined;
  #reader = new ResponseReader();
  #isBusy = false;

  constructor(port: number, listener: ConnectionListener) {
    this.#port = port;
    this.#listener = listener;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Resolves when it is connected, rejects when it cannot be. */
  async open(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.#connect().once('connect', resolve).once('error', reject);
    await promise;
  }

  send(request: Buffer, due: number): void {
    this.due = due;
    this.#isBusy = true;
    (this.#socket ?? this.#connect()).write(request);
  }

  close(): void {
    this.#isBusy = false;
    this.#drop();
  }

  /** Fails a request that has had no answer for too long. */
  expire(now: number): void {
    if (this.#isBusy && now - this.due > patience) this.#fail('no answer');
  }

  #connect(): Socket {
    const onread = { buffer: memory, callback: (length: number): boolean => this.#read(socket, length) };
    const socket: Socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true, onread });
    socket.on('error', (error) => this.#lost(socket, 'code' in error ? String(error.code) : error.message));
    socket.on('close', () => this.#lost(socket, 'closed'));
    this.#reader = new ResponseReader();
    this.#socket = socket;
    return socket;
  }

  #read(socket: Socket, length: number): boolean {
    if (socket !== this.#socket) return true;
    try {
      const status = this.#reader.read(memory.subarray(0, length));
      if (status === undefined) return true;
      this.#isBusy = false;
      this.#listener.answered(this, status);
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
    return true;
  }

  /** The server may close a connection that waits for nothing. */
  #lost(socket: Socket, reason: string): void {
    if (socket !== this.#socket) return;
    if (this.#isBusy) this.#fail(reason);
    else this.#drop();
  }

  #fail(reason: string): void {
    this.#isBusy = false;
    this.#drop();
    this.#listener.failed(this, reason);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
  }
}
