import { createPrivateKey, generateKeyPair, randomUUID, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { StatusError } from '@ko/endpoint';
import { seal, unseal } from './sealing.ts';

/** The public half of an ES256 key, as a JSON Web Key (RFC 7517). */
export interface PublicKey {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: string;
  readonly use: string;
}

/** A key as it is stored. It signs from its activate time until that of the next generation. */
export interface StoredKey {
  readonly kid: string;
  /** Counts up from 1. */
  readonly generation: number;
  readonly publicKey: PublicKey;
  readonly sealedKey: Uint8Array;
  readonly createTime: Date;
  readonly activateTime: Date;
}

/** The key that signs now. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

export interface KeyRepository {
  /** All, oldest generation first. */
  list(): Promise<readonly StoredKey[]>;
  /** Resolves to false, storing nothing, when another instance has made this generation. */
  insert(key: StoredKey): Promise<boolean>;
  /** Deletes the generations before this one. */
  deleteBefore(generation: number): Promise<void>;
}

export interface KeyServiceOptions {
  /** Milliseconds that a key signs. */
  readonly rotation: number;
  /** Milliseconds from publishing a key to signing with it: longer than verifiers cache the key set. */
  readonly lead: number;
  /** Milliseconds that what a key has signed is good for. */
  readonly tokenTtl: number;
  readonly now?: () => Date;
}

type Keys = readonly [StoredKey, ...(readonly StoredKey[])];

const newKeyPair = promisify(generateKeyPair);
const clockSkew = 60_000;

/**
 * The keys that sign access tokens. They rotate: the next key is published ahead of its first signature, and the last
 * ones stay published until what they have signed has expired. All instances of the service share them.
 */
export class KeyService {
  readonly #repository: KeyRepository;
  readonly #secret: string;
  readonly #options: Required<KeyServiceOptions>;
  #cache: { readonly until: number; readonly keys: Promise<Keys> } | undefined;
  #opened: SigningKey | undefined;

  /** The secret seals the private keys: all instances need the same one. */
  constructor(repository: KeyRepository, secret: string, options: KeyServiceOptions) {
    this.#repository = repository;
    this.#secret = secret;
    this.#options = { now: () => new Date(), ...options };
  }

  /** What verifies tokens: the keys in use, those that sign next, and those whose tokens still run. */
  async published(): Promise<readonly PublicKey[]> {
    const keys = await this.#current();
    return keys.filter((_, index) => this.#isPublished(keys, index)).map((key) => key.publicKey);
  }

  /** Rejects with `internal` when the secret does not open the key. */
  async signing(): Promise<SigningKey> {
    const now = this.#options.now();
    const keys = await this.#current();
    const key = keys.findLast(({ activateTime }) => activateTime <= now) ?? keys[0];
    if (this.#opened?.kid !== key.kid) this.#opened = { kid: key.kid, privateKey: this.#open(key) };
    return this.#opened;
  }

  /** Makes the next key when it is time, and deletes those that verify nothing any more. */
  async maintain(): Promise<void> {
    this.#cache = undefined;
    const keys = await this.#current();
    const oldest = keys.find((_, index) => this.#isPublished(keys, index));
    if (oldest !== undefined && oldest !== keys[0]) await this.#repository.deleteBefore(oldest.generation);
  }

  /** Kept for a fraction of the lead, so that all instances publish a key long before it signs. */
  async #current(): Promise<Keys> {
    const now = this.#options.now().getTime();
    if (this.#cache !== undefined && now < this.#cache.until) return this.#cache.keys;
    const cache = { until: now + this.#options.lead / 10, keys: this.#load() };
    this.#cache = cache;
    try {
      return await cache.keys;
    } catch (error) {
      if (this.#cache === cache) this.#cache = undefined;
      throw error;
    }
  }

  async #load(): Promise<Keys> {
    const [first, ...others] = await this.#repository.list();
    if (first === undefined) return this.#make(1, this.#options.now());

    const last = others.at(-1) ?? first;
    const { rotation, lead } = this.#options;
    const now = this.#options.now().getTime();
    const rotateTime = last.activateTime.getTime() + rotation;
    if (now < rotateTime - lead) return [first, ...others];

    this.#open(last); // keys under different secrets in one table would lock some instances out
    return this.#make(last.generation + 1, new Date(Math.max(rotateTime, now + lead)));
  }

  async #make(generation: number, activateTime: Date): Promise<Keys> {
    const kid = randomUUID();
    const { publicKey, privateKey } = await newKeyPair('ec', { namedCurve: 'P-256' });
    const { kty = '', crv = '', x = '', y = '' } = publicKey.export({ format: 'jwk' });
    await this.#repository.insert({
      kid,
      generation,
      publicKey: { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' },
      sealedKey: seal(privateKey.export({ format: 'der', type: 'pkcs8' }), this.#secret, kid),
      createTime: this.#options.now(),
      activateTime,
    });
    // This one, or the one of a faster instance.
    const [first, ...others] = await this.#repository.list();
    if (first === undefined) throw new Error('the signing key that was just stored is gone');
    return [first, ...others];
  }

  #isPublished(keys: Keys, index: number): boolean {
    const successor = keys[index + 1];
    if (successor === undefined) return true;
    const { tokenTtl, now } = this.#options;
    return now().getTime() < successor.activateTime.getTime() + tokenTtl + clockSkew;
  }

  #open({ kid, sealedKey }: StoredKey): KeyObject {
    try {
      return createPrivateKey({ key: unseal(sealedKey, this.#secret, kid), format: 'der', type: 'pkcs8' });
    } catch (error) {
      const advice = 'set the secret it was sealed under, or delete all signing keys, which ends all access tokens';
      throw new StatusError('internal', 'the signing key cannot be opened', {
        cause: new Error(`KEY_SECRET does not open signing key ${kid}: ${advice}`, { cause: error }),
      });
    }
  }
}
