import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The network before a server, which a test can cut: connections are refused then, or nothing that is said arrives. */
export class Network {
  readonly #host: string;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #ownPort = 0;
  #isSilent = false;

  /** `target` is the server's host:port. */
  constructor(target: string) {
    const [host = '', port = ''] = target.split(':');
    this.#host = host;
    this.#port = Number(port);
  }

  /** host:port by which the server is reached over this network. */
  get address(): string {
    return `127.0.0.1:${this.#ownPort}`;
  }

  async open(): Promise<void> {
    this.#isSilent = false;
    this.#destroy();
    if (this.#server !== undefined) return;
    this.#server = createServer((socket) => this.#pass(socket)).listen(this.#ownPort, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#ownPort = (this.#server.address() as AddressInfo).port;
  }

  /** From now on connections are refused, and those that there are break. */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server.close(), 'close');
    this.#destroy();
    await closed;
  }

  /** From now on nothing that is said arrives. */
  silence(): void {
    this.#isSilent = true;
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  #destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #pass(caller: Socket): void {
    this.#keep(caller);
    if (this.#isSilent) return;
    const server = connect(this.#port, this.#host);
    this.#keep(server);
    caller.on('close', () => server.destroy());
    server.on('close', () => caller.destroy());
    caller.pipe(server).pipe(caller);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
