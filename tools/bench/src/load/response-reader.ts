const headEnd = '\r\n\r\n';
/** Bytes of a head at most. */
const headLimit = 65_536;

/**
 * Reads the HTTP/1.1 responses of one connection, which come one at a time: their statuses and where they end. Throws on
 * what it does not understand.
 */
export class ResponseReader {
  /** What came of a head that is not complete. */
  #head: Buffer = Buffer.alloc(0);
  #status = 0;
  /** Bytes of the body to come; undefined while a head is read, and in a body without a length, which ends as `#tail` says. */
  #left: number | undefined;
  #isChunked = false;
  #tail = '';

  /** The status of the response that ends with these bytes; undefined when it goes on. */
  read(bytes: Buffer): number | undefined {
    if (this.#isChunked) return this.#readChunks(bytes);
    if (this.#left !== undefined) return this.#readBody(bytes.length);
    const received = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    const end = received.indexOf(headEnd);
    if (end < 0) {
      if (received.length > headLimit) throw new Error('the head of a response does not end');
      this.#head = Buffer.from(received); // The bytes are in a buffer that is used again.
      return undefined;
    }
    this.#head = Buffer.alloc(0);
    const head = received.toString('latin1', 0, end);
    const body = received.subarray(end + headEnd.length);
    this.#status = statusOf(head);
    const length = /\r\ncontent-length:[ \t]*(\d+)/i.exec(head)?.[1];
    if (length !== undefined) {
      this.#left = Number(length);
      return this.#readBody(body.length);
    }
    if (!/\r\ntransfer-encoding:[ \t]*chunked/i.test(head)) throw new Error('a response has no length');
    this.#isChunked = true;
    return this.#readChunks(body);
  }

  #readBody(length: number): number | undefined {
    const left = (this.#left ?? 0) - length;
    if (left < 0) throw new Error('a response is longer than it says');
    this.#left = left === 0 ? undefined : left;
    return left === 0 ? this.#status : undefined;
  }

  /** The body ends with an empty chunk, which JSON cannot contain. */
  #readChunks(bytes: Buffer): number | undefined {
    const lastChunk = '0\r\n\r\n';
    this.#tail = (this.#tail + bytes.toString('latin1', Math.max(0, bytes.length - 7))).slice(-7);
    if (this.#tail !== lastChunk && !this.#tail.endsWith(`\r\n${lastChunk}`)) return undefined;
    this.#isChunked = false;
    this.#tail = '';
    return this.#status;
  }
}

function statusOf(head: string): number {
  const status = head.startsWith('HTTP/1.1 ') ? Number(head.slice(9, 12)) : Number.NaN;
  if (Number.isNaN(status)) throw new Error(`no HTTP/1.1: ${head.slice(0, 40)}`);
  return status;
}
