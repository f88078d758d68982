import { BoundedCache } from '@ko/middleware';

/** Names of what may be a secret, wherever it stands in a line: in small letters, as `plainName` has them. */
const secrets: ReadonlySet<string> = new Set([
  'accesstoken',
  'apikey',
  'apitoken',
  'authorization',
  'authtoken',
  'clientsecret',
  'cookie',
  'credentials',
  'idtoken',
  'keysecret',
  'newpassword',
  'oldpassword',
  'passphrase',
  'passwd',
  'password',
  'passwordhash',
  'privatekey',
  'proxyauthorization',
  'refreshtoken',
  'secret',
  'secretaccesskey',
  'secretkey',
  'sessiontoken',
  'setcookie',
  'sslpassword',
  'token',
  'xapikey',
  'xauthtoken',
  'xconsultoken',
]);

/** What was said of the last names: they are much the same in all lines. */
const verdicts = new BoundedCache<boolean>(1_000);

/** Whether the name is that of what may be a secret, however it is written: `refreshToken`, `refresh_token`, `Set-Cookie`. */
export function isSecret(name: string): boolean {
  return verdicts.get(name) ?? judge(name);
}

function judge(name: string): boolean {
  const verdict = secrets.has(plainName(name));
  verdicts.set(name, verdict);
  return verdict;
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

const censor = '[redacted]';

/** How deep secrets are looked for, as in `err.config.headers.authorization`. */
const levels = 4;

/**
 * The value without what may be a secret: itself when there is nothing of the kind, as in most lines, or else a copy that
 * becomes the same JSON. `level` says how many levels are above it.
 */
export function redacted<T>(value: T, level = 0): T {
  if (typeof value !== 'object' || value === null || level >= levels) return value;
  const isList = Array.isArray(value);
  let clean = value;
  for (const key in value) {
    const field: unknown = value[key];
    const mustGo = !isList && isSecret(key);
    if ((!mustGo && typeof field !== 'object') || field === undefined || !Object.hasOwn(value, key)) continue;
    const cleanField = mustGo ? censor : redacted(field, level + 1);
    if (cleanField === field) continue;
    if (clean === value) clean = copyOf(value);
    define(clean, key, cleanField);
  }
  return clean;
}

/** A copy that can be changed, though the original may be frozen. */
function copyOf<T extends object>(value: T): T {
  if (Array.isArray(value)) return [...value] as unknown as T;
  const copy = Object.create(Object.getPrototypeOf(value) as object | null) as T;
  for (const [key, field] of Object.entries(value)) define(copy, key, field);
  return copy;
}

function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

/** The fields of a line without what may be a secret. Its error is left to what serializes it. */
export function redactedFields(fields: Record<string, unknown>): Record<string, unknown> {
  const { err } = fields;
  if (!(err instanceof Error)) return redacted(fields);
  return { ...redacted({ ...fields, err: undefined }), err };
}
