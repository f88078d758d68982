import type { JsonValue } from '@bufbuild/protobuf';
import { StatusError } from '@ko/endpoint';

/** A JSON body; undefined when it is empty. Throws `invalid_argument`, saying where it stops being JSON. */
export function parseBody(text: string): JsonValue | undefined {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    const { line, column } = placeOf(text, faultOffset(text));
    throw new StatusError('invalid_argument', `the body is not valid JSON: see line ${line}, column ${column}`, {
      reason: 'MALFORMED_JSON',
      metadata: { line: String(line), column: String(column) },
      cause: error,
    });
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
