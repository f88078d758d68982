import { randomHex } from '@ko/endpoint';

/** The id of a request: the one that it brings, when that is fit to stand in logs, or else a new one. */
export function requestIdOf(given: string | readonly string[] | undefined): string {
  return typeof given === 'string' && given.length <= 64 && /^[\w-]+$/.test(given) ? given : randomHex(32);
}
