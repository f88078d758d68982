import { createPublicKey, type KeyObject } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { StatusError } from '@ko/endpoint';

/** The public half of an elliptic-curve or RSA key, as a JSON Web Key (RFC 7517) with its id. */
export interface PublishedKey {
  readonly kid: string;
  readonly kty: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
}

/** Where the keys come from that verify tokens. Rejects when they cannot be had at the moment. */
export type KeySource = (signal: AbortSignal) => Promise<readonly PublishedKey[]>;

/** Keys by their ids. */
export interface KeySet {
  /** The key with the id; undefined when there is none. Rejects with `unavailable` when the keys were never to be had. */
  keyFor(id: string): Promise<KeyObject | undefined>;
  /** Whether the key that keyFor found is still the one with the id. Asks for the keys again when they are old, too. */
  has(id: string, key: KeyObject): boolean;
}

export interface KeySetOptions {
  /** Milliseconds until the keys are asked for again. */
  readonly maxAge?: number;
  /** Milliseconds between two times that an unknown id, or a failure, makes it ask; a second at most before it has any keys. */
  readonly cooldown?: number;
  /** Milliseconds that asking may take. */
  readonly timeout?: number;
}

/** Milliseconds between two times that the source is asked while no token can be verified. */
const pauseWithoutKeys = 1_000;

/**
 * Keeps the keys of a source: asks once for all who wait, again in the background when they are old, again for an id it
 * does not know, and goes on with the last good ones while the source fails.
 */
export function keySet(source: KeySource, options: KeySetOptions = {}): KeySet {
  const { maxAge = 5 * 60_000, cooldown = 10_000, timeout = 5_000 } = options;
  let keys: ReadonlyMap<string, Key> | undefined;
  let asked = -Infinity;
  let fetched = -Infinity;
  let failure: unknown;
  let pending: Promise<void> | undefined;

  return {
    async keyFor(id) {
      if (keys?.has(id) === true) refreshIfOld();
      else if (pending !== undefined || !isPaused()) await refresh();
      if (keys === undefined) {
        const message = 'the keys that verify tokens cannot be had at the moment';
        throw new StatusError('unavailable', message, {
          reason: 'KEYS_UNAVAILABLE',
          retryAfter: pauseWithoutKeys,
          cause: failure,
        });
      }
      return keys.get(id)?.object;
    },
    has(id, key) {
      refreshIfOld();
      return keys?.get(id)?.object === key;
    },
  };

  function refreshIfOld(): void {
    if (performance.now() - fetched > maxAge && !isPaused()) void refresh();
  }

  /** Whether the source was asked a moment ago. */
  function isPaused(): boolean {
    const pause = keys === undefined ? Math.min(cooldown, pauseWithoutKeys) : cooldown;
    return performance.now() - asked <= pause;
  }

  function refresh(): Promise<void> {
    pending ??= fetchKeys().finally(() => (pending = undefined));
    return pending;
  }

  /** Never rejects: a failure counts when somebody needs the keys. */
  async function fetchKeys(): Promise<void> {
    asked = performance.now();
    try {
      keys = publicKeys(await source(AbortSignal.timeout(timeout)), keys);
      fetched = performance.now();
    } catch (error) {
      failure = error;
    }
  }
}

interface Key {
  readonly published: PublishedKey;
  readonly object: KeyObject;
}

/** The keys by their ids. One that was known before, and is the same, is the same object. */
function publicKeys(published: readonly PublishedKey[], before?: ReadonlyMap<string, Key>): ReadonlyMap<string, Key> {
  return new Map(
    published.map((key) => {
      const known = before?.get(key.kid);
      if (known !== undefined && isDeepStrictEqual(known.published, key)) return [key.kid, known];
      return [key.kid, { published: key, object: createPublicKey({ key: { ...key }, format: 'jwk' }) }];
    }),
  );
}
