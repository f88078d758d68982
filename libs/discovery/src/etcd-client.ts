/** A key, what it says, and the lease that it lasts with. */
export interface Pair {
  readonly key: string;
  readonly value: string;
  readonly lease: string;
}

/** Milliseconds that a question has which does not wait. */
const answerTimeout = 3_000;

/** etcd's code for a lease that it does not know (any more). */
const notFound = 5;

/**
 * The part of etcd's API, version 3, that discovery needs, over its JSON gateway. Nothing is tried again here; after a
 * failure the next question goes to the next member.
 */
export class Etcd {
  readonly #members: readonly string[];
  #current = 0;

  /** `members` are host:port. */
  constructor(members: readonly string[], tls: boolean) {
    this.#members = members.map((address) => `${tls ? 'https' : 'http'}://${address}`);
  }

  /** The pairs whose keys begin with the prefix, or with `exact` the one of the key; and the revision of which this holds. */
  async list(
    prefix: string,
    signal: AbortSignal,
    { exact = false }: { readonly exact?: boolean } = {},
  ): Promise<{ readonly revision: bigint; readonly pairs: readonly Pair[] }> {
    const answer = await this.#ask<RangeResponse>(
      'kv/range',
      exact ? { key: encode(prefix) } : rangeOf(prefix),
      signal,
    );
    const pairs = (answer.kvs ?? []).map(({ key, value = '', lease = '0' }) => ({
      key: decode(key),
      value: decode(value),
      lease,
    }));
    return { revision: BigInt(answer.header.revision), pairs };
  }

  /** Resolves when a key with the prefix has changed after the revision, when nobody can tell any more, or when the wait is over. */
  async change(
    prefix: string,
    revision: bigint,
    { signal, wait }: { readonly signal: AbortSignal; readonly wait: number },
  ): Promise<void> {
    const create_request = { ...rangeOf(prefix), start_revision: String(revision + 1n) };
    const waiting = AbortSignal.any([signal, AbortSignal.timeout(wait)]);
    try {
      const { ok, status, body } = await this.#send('watch', { create_request }, waiting);
      if (!ok) throw new Error(`the watch is refused: status ${status}`);
      const lines = body?.pipeThrough(new TextDecoderStream());
      // It is created, something has changed, or it is cancelled because the revision is compacted away.
      let text = '';
      for await (const part of lines ?? []) {
        text += part;
        if (text.includes('"error"')) throw new Error(`the watch failed: ${text.slice(0, 200)}`);
        if (/"events"|"canceled"/.test(text)) return;
      }
    } catch (error) {
      if (waiting.aborted) return;
      throw this.#failure(error);
    }
  }

  async put({ key, value, lease }: Pair, signal: AbortSignal): Promise<void> {
    await this.#ask('kv/put', { key: encode(key), value: encode(value), lease }, signal);
  }

  async delete(key: string, signal: AbortSignal): Promise<void> {
    await this.#ask('kv/deleterange', { key: encode(key) }, signal);
  }

  /** A new lease that lasts for so many milliseconds. */
  async grant(ttl: number, signal: AbortSignal): Promise<string> {
    const { ID } = await this.#ask<{ readonly ID: string }>('lease/grant', { TTL: Math.ceil(ttl / 1_000) }, signal);
    return ID;
  }

  /** Lets a lease last for as long as at first. Resolves to whether there was one. */
  async keepAlive(ID: string, signal: AbortSignal): Promise<boolean> {
    const { result } = await this.#ask<{ readonly result?: { readonly TTL?: string } }>(
      'lease/keepalive',
      { ID },
      signal,
    );
    return Number(result?.TTL ?? 0) > 0;
  }

  /** Ends a lease, and the keys that last with it. */
  async revoke(ID: string, signal: AbortSignal): Promise<void> {
    await this.#ask('lease/revoke', { ID }, signal, [notFound]);
  }

  /** What is answered. `ignored` are codes of failures that are none here. */
  async #ask<Answer extends object>(
    path: string,
    body: object,
    signal: AbortSignal,
    ignored: readonly number[] = [],
  ): Promise<Answer> {
    try {
      const response = await this.#send(path, body, AbortSignal.any([signal, AbortSignal.timeout(answerTimeout)]));
      const answer = (await response.json()) as Answer & { readonly error?: string; readonly code?: number };
      if (!response.ok && !ignored.includes(answer.code ?? 0))
        throw new Error(answer.error ?? `status ${response.status}`);
      return answer;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async #send(path: string, body: object, signal: AbortSignal): Promise<Response> {
    const member = this.#members[this.#current] ?? '';
    return fetch(`${member}/v3/${path}`, { method: 'POST', body: JSON.stringify(body), signal });
  }

  #failure(error: unknown): Error {
    this.#current = (this.#current + 1) % this.#members.length;
    const { cause, message } = error instanceof Error ? error : new Error(String(error));
    return new Error(`etcd: ${cause instanceof Error ? cause.message : message}`, { cause: error });
  }
}

interface RangeResponse {
  readonly header: { readonly revision: string };
  readonly kvs?: readonly { readonly key: string; readonly value?: string; readonly lease?: string }[];
}

/** All keys that begin with the prefix, as etcd has them: up to the next text after it. */
function rangeOf(prefix: string): { readonly key: string; readonly range_end: string } {
  const end = Buffer.from(prefix);
  const last = end.length - 1;
  end[last] = (end[last] ?? 0) + 1;
  return { key: encode(prefix), range_end: end.toString('base64') };
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
