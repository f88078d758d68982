import { symbols, type Logger } from 'pino';
import { isSecret } from './redaction.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What pino makes a line with, and what its lines begin with: it exposes the symbols to those who need it to be faster. */
interface LineMaker {
  [symbols.asJsonSym](fields: Fields, message: string | undefined, level: number, time: string): string;
  readonly [symbols.lsCacheSym]: Readonly<Record<number, string>>;
  readonly [symbols.chindingsSym]: string;
}

/**
 * The logger, with a shorter way to the same line where all fields are plain and none is a secret, as in the line that each
 * request has: V8 makes JSON of them in half of pino's time. All other lines are pino's.
 */
export function withPlainLines(log: Logger): Logger {
  const maker = log as unknown as LineMaker; // its type has none of them
  const makeLine = maker[symbols.asJsonSym];
  maker[symbols.asJsonSym] = function (fields, message, level, time) {
    if (!isPlain(fields)) return makeLine.call(this, fields, message, level, time);
    const json = JSON.stringify(fields);
    const own = json === '{}' ? '' : `,${json.slice(1, -1)}`;
    const last = message === undefined ? '' : `,"msg":${JSON.stringify(message)}`;
    return `${this[symbols.lsCacheSym][level] ?? ''}${time}${this[symbols.chindingsSym]}${own}${last}}\n`;
  };
  return log;
}

/** An object that says itself what becomes of it would say so to `JSON.stringify`, past what cuts out secrets. */
function isPlain(fields: Fields): boolean {
  if ('toJSON' in fields) return false;
  for (const name in fields) if (isSecret(name) || !isPrimitive(fields[name])) return false;
  return true;
}

function isPrimitive(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === undefined;
}
