import { symbols, type Logger } from 'pino';
import { isSecret } from './redaction.ts';

type Fields = Readonly<Record<string, unknown>>;

/** On a logger all of whose lines are left to pino, and so on its children. */
const isLeftToPino = Symbol('left to pino');

/** What pino makes a line with: it exposes the symbols to those who need it to be faster. */
interface LineMaker {
  readonly [symbols.lsCacheSym]: Readonly<Record<number, string>>;
  readonly [symbols.chindingsSym]: string;
  readonly [symbols.timeSym]: () => string;
  readonly [symbols.streamSym]: { write(line: string): void };
  readonly [isLeftToPino]?: true;
}

/** What a line has around its own fields: under load often what the line before has. */
interface Frame {
  readonly bindings: string;
  readonly level: number;
  readonly time: string;
  readonly message: string;
  readonly head: string;
  readonly tail: string;
}

/** That of the last line, whoever wrote it. */
let last: Frame | undefined;

/**
 * Writes the line that pino would, in half of its time, where all fields are plain and none is a secret, as in the line that
 * each request has. Returns false where they are not: that line is left to pino.
 */
export function writePlainLine(log: Logger, line: readonly unknown[], level: number): boolean {
  const [fields, message] = line;
  if (line.length !== 2 || typeof message !== 'string' || !isPlain(fields)) return false;
  const maker = log as unknown as LineMaker; // its type has none of them
  if (maker[isLeftToPino] === true) return false;
  const json = JSON.stringify(fields);
  if (json === '{}') return false;
  const { head, tail } = frameOf(maker, level, (log.msgPrefix ?? '') + message);
  maker[symbols.streamSym].write(head + json.slice(1, -1) + tail);
  return true;
}

/** Leaves all lines of a logger to pino, and those of its children: it may be told to make other lines than others do. */
export function leaveToPino(log: Logger): Logger {
  return Object.assign(log, { [isLeftToPino]: true });
}

function frameOf(maker: LineMaker, level: number, message: string): Frame {
  const bindings = maker[symbols.chindingsSym];
  const time = maker[symbols.timeSym]();
  if (last?.time === time && last.message === message && last.level === level && last.bindings === bindings)
    return last;
  const head = `${maker[symbols.lsCacheSym][level] ?? ''}${time}${bindings},`;
  const tail = `,"msg":${JSON.stringify(message)}}\n`;
  return (last = { bindings, level, time, message, head, tail });
}

/** Of an error, a list or an object that says itself what becomes of it, pino makes what `JSON.stringify` would not. */
function isPlain(fields: unknown): fields is Fields {
  if (typeof fields !== 'object' || fields?.constructor !== Object || 'toJSON' in fields) return false;
  for (const name in fields) if (!isPrimitive((fields as Fields)[name]) || isSecret(name)) return false;
  return true;
}

function isPrimitive(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === undefined;
}
