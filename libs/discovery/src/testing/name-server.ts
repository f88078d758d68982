import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** What a name server says of a name: records, or that something is wrong with it or with the server. */
export interface Zone {
  readonly a?: readonly string[];
  readonly srv?: readonly {
    readonly priority: number;
    readonly weight: number;
    readonly port: number;
    readonly target: string;
  }[];
  /** Whether nothing is answered at all. */
  readonly silent?: boolean;
  /** RFC 1035: 2 is SERVFAIL, 3 is NXDOMAIN. */
  readonly failure?: number;
}

const types = { a: 1, aaaa: 28, srv: 33 };

/** A name server over UDP (RFC 1035), whose only zone a test may change. */
export class NameServer {
  zone: Zone = {};
  questions = 0;
  /** Seconds that its records are good for. */
  ttl = 1;
  readonly #socket: Socket = createSocket('udp4');

  async start(): Promise<void> {
    this.#socket.on('message', (message, { port, address }) => {
      const answer = this.#answer(message);
      if (this.zone.silent !== true) this.#socket.send(answer, port, address);
    });
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
  }

  /** host:port */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  stop(): void {
    this.#socket.close();
  }

  #answer(message: Buffer): Buffer {
    this.questions++;
    const end = message.indexOf(0, 12) + 5; // the name ends with an empty label; type and class follow
    const question = message.subarray(12, end);
    const records = this.#records(question.readUInt16BE(question.length - 4));
    const header = Buffer.alloc(12);
    message.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 | (this.zone.failure ?? 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    return Buffer.concat([header, question, ...records]);
  }

  #records(type: number): readonly Buffer[] {
    const { a = [], srv = [] } = this.zone;
    if (type === types.a) return a.map((address) => this.#record(type, Buffer.from(address.split('.').map(Number))));
    if (type !== types.srv) return [];
    return srv.map(({ priority, weight, port, target }) => {
      const numbers = Buffer.alloc(6);
      for (const [index, number] of [priority, weight, port].entries()) numbers.writeUInt16BE(number, 2 * index);
      return this.#record(type, Buffer.concat([numbers, nameOf(target)]));
    });
  }

  #record(type: number, data: Buffer): Buffer {
    const head = Buffer.alloc(12);
    head.writeUInt16BE(0xc00c, 0); // the name asked for
    head.writeUInt16BE(type, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt32BE(this.ttl, 6);
    head.writeUInt16BE(data.length, 10);
    return Buffer.concat([head, data]);
  }
}

function nameOf(name: string): Buffer {
  const labels = name
    .split('.')
    .filter(Boolean)
    .map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}
