import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** Stands before a process and passes on what comes, later if so wanted: a slow instance. */
export class SlowProxy {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Milliseconds by which what the process says is late. */
  latency = 0;

  /** `target` is the process's host:port. */
  constructor(target: string) {
    const [host = '', port = ''] = target.split(':');
    this.#target = { host, port: Number(port) };
    this.#server = createServer((socket) => this.#pass(socket));
  }

  async start(port: number): Promise<void> {
    await once(this.#server.listen(port, '127.0.0.1'), 'listening');
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #pass(caller: Socket): void {
    const process = connect(this.#target);
    for (const [socket, other] of [
      [caller, process],
      [process, caller],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    caller.pipe(process);
    process.pipe(this.#late()).pipe(caller);
  }

  /** Holds each piece back by the latency at the time it comes, in order. */
  #late(): Transform {
    const latency = () => this.latency;
    let free = 0;
    return new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const now = performance.now();
        free = Math.max(free, now + latency());
        if (free <= now) this.push(chunk);
        else setTimeout(() => this.push(chunk), free - now);
        done();
      },
    });
  }
}
