import { isUtf8 } from 'node:buffer';
import type { JsonValue } from '@bufbuild/protobuf';
import { StatusError, type StatusErrorOptions } from '@ko/endpoint';
import { HttpError } from './http-error.ts';

/** Values that a body may have, nested ones included: to read them takes far longer than to send them. */
const mostValues = 20_000;

/** Characters of the longest body in which the place is looked for where it stops being JSON. */
const longestSearched = 65_536;

/**
 * A JSON body; undefined when it is empty. Throws `invalid_argument`, saying where it stops being JSON; as a 415 when it is
 * compressed, since a small one may become larger than the server takes.
 */
export function parseBody(bytes: Buffer, coding = 'identity'): JsonValue | undefined {
  if (coding.toLowerCase() !== 'identity') {
    throw new HttpError(415, 'invalid_argument', 'send the body as it is, without a Content-Encoding', {
      reason: 'UNSUPPORTED_CONTENT_ENCODING',
    });
  }
  if (!isUtf8(bytes)) throw malformed('the body is not valid JSON: it is no UTF-8');
  const text = bytes.toString();
  if (text.trim() === '') return undefined;
  const json = parse(text);
  if (hasMoreValues(json, mostValues)) {
    throw new StatusError('invalid_argument', `the body has more than ${mostValues} values`, {
      reason: 'TOO_MANY_VALUES',
    });
  }
  return json;
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    if (text.length > longestSearched) throw malformed('the body is not valid JSON', { cause: error });
    const { line, column } = placeOf(text, faultOffset(text));
    throw malformed(`the body is not valid JSON: see line ${line}, column ${column}`, {
      metadata: { line: String(line), column: String(column) },
      cause: error,
    });
  }
}

function malformed(message: string, options: StatusErrorOptions = {}): StatusError {
  return new StatusError('invalid_argument', message, { reason: 'MALFORMED_JSON', ...options });
}

/** Whether there are more values than that. It looks at no more of them than it has to. */
function hasMoreValues(json: JsonValue, most: number): boolean {
  const waiting: JsonValue[] = [json];
  for (let seen = 1; ; seen++) {
    const value = waiting.pop();
    if (value === undefined) return false;
    if (typeof value !== 'object' || value === null) continue;
    for (const inner of Object.values(value)) {
      waiting.push(inner);
      if (seen + waiting.length > most) return true;
    }
  }
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const string = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\["\\/bfnrt]|\\u[\da-fA-F]{4})*"/u.source;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.source;
const name = new RegExp(`\\s*${string}`, 'uy');
const literal = new RegExp(`\\s*(?:${string}|${number}|true|false|null)`, 'uy');

/** No message nests deeper, and a search that did would end the stack. */
const deepest = 100;

/** Where a text stops being JSON: JSON.parse does not always say. */
function faultOffset(json: string): number {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(json)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const list = (close: RegExp, item: () => boolean): boolean => {
    if (take(close)) return true;
    while (item()) if (!take(/\s*,/y)) return take(close);
    return false;
  };
  const value = (depth: number): boolean => {
    if (depth > deepest) return false;
    if (take(/\s*\{/y)) return list(/\s*\}/y, () => take(name) && take(/\s*:/y) && value(depth + 1));
    return take(/\s*\[/y) ? list(/\s*\]/y, () => value(depth + 1)) : take(literal);
  };
  value(0);
  take(/\s*/y);
  return at;
}
