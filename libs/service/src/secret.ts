import { inspect } from 'node:util';
import { z } from 'zod';
import { isSecret } from './redaction.ts';

/** A value that shows itself in no log, error or admin page: only `reveal` gives it away. */
export class Secret {
  readonly #value: string;
  readonly #shown: string;
  /** Whether this is the value that the repository shows to everybody: good enough for development only. */
  readonly isSample: boolean;

  constructor(value: string, { isSample = false, shown = '[secret]' }: { isSample?: boolean; shown?: string } = {}) {
    this.#value = value;
    this.#shown = shown;
    this.isSample = isSample;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return this.#shown;
  }

  toJSON(): string {
    return this.#shown;
  }

  [inspect.custom](): string {
    return this.#shown;
  }
}

/** Schema of a secret. Without a sample it has to be set everywhere; production refuses the sample. */
export function secret({ sample, minLength = 1 }: { sample?: string; minLength?: number } = {}) {
  const text = z.string().min(minLength);
  return (sample === undefined ? text : text.default(sample)).transform(
    (value) => new Secret(value, { isSample: value === sample }),
  );
}

/**
 * Schema of a URL whose password is a secret, as is what its query calls one; its other parts are shown. A user of HTTP
 * without a password is one, too: that is how tokens are given.
 */
export function secretUrl({ protocol }: { protocol: RegExp }) {
  return z.url({ protocol }).transform((value) => {
    const shown = new URL(value);
    if (shown.password !== '') shown.password = '***';
    else if (shown.username !== '' && /^https?:$/.test(shown.protocol)) shown.username = '***';
    for (const name of [...shown.searchParams.keys()]) if (isSecret(name)) shown.searchParams.set(name, '***');
    return new Secret(value, { shown: shown.href });
  });
}

/** Schema of a URL of discovery, whose token or password is a secret. `parse` throws what is wrong with it. */
export function secretDiscoveryUrl(parse: (url: string) => unknown) {
  return z
    .string()
    .superRefine((url, context) => {
      try {
        parse(url);
      } catch (error) {
        context.addIssue(error instanceof Error ? error.message : String(error));
      }
    })
    .transform((url) => new Secret(url, { shown: masked(url) }));
}

function masked(url: string): string {
  return url.replace(/(token=)[^&]*/, '$1***').replace(/(\/\/[^:@/]*:)[^@/]*@/, '$1***@');
}
