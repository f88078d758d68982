import { prettyFactory } from 'pino-pretty';

export interface LogFormatOptions {
  readonly colors: boolean;
  /** Length of the longest name in front of a line. */
  readonly width: number;
}

/** Makes what a process prints readable: log lines in JSON are laid out, all else stays; the process's name in front. */
export type LogFormat = (process: string, line: string) => string;

const palette = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94]; // SGR codes of colours that are not red
const longest = 160;
const shownElsewhere = new Set(['level', 'time', 'pid', 'hostname', 'service', 'msg', 'err']);

export function logFormat({ colors, width }: LogFormatOptions): LogFormat {
  const layOut = logLayout(colors);
  const seen: string[] = [];

  return (process, line) => {
    const prefix = colored(`${process.padEnd(width)} │`, colorOf(process));
    return layOut(line)
      .split('\n')
      .map((part) => `${prefix} ${part}\n`)
      .join('');
  };

  function colorOf(name: string): number {
    if (!seen.includes(name)) seen.push(name);
    return palette[seen.indexOf(name) % palette.length] ?? 0;
  }

  function colored(text: string, code: number): string {
    return colors ? `\u001b[${code}m${text}\u001b[39m` : text;
  }
}

/** Lays out a log line in JSON; all else stays as it is. */
export function logLayout(colors: boolean): (line: string) => string {
  const pretty = prettyFactory({
    colorize: colors,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname,service',
    hideObject: true,
    messageFormat: (log, messageKey, _level, extras) =>
      [textOf(log[messageKey]), extras.colors.dim(fieldsOf(log))].filter((part) => part !== '').join('  '),
  });
  return (line) => {
    const log = parseLog(line);
    return log === undefined ? line : pretty(log).trimEnd() + stackOf(log.err);
  };
}

function parseLog(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>; // JSON that begins with a brace is an object
  } catch {
    return undefined;
  }
}

function fieldsOf(log: Readonly<Record<string, unknown>>): string {
  return Object.entries(log)
    .filter(([key, value]) => !shownElsewhere.has(key) && value !== undefined && value !== '')
    .toSorted(([one], [other]) => Number(one.endsWith('_id')) - Number(other.endsWith('_id')))
    .map(([key, value]) => `${key}=${valueOf(value)}`)
    .join(' ');
}

/** Of an object that is long only the beginning: a terminal is for people. */
function valueOf(value: unknown): string {
  if (typeof value === 'string') return /[\s"]/.test(value) ? JSON.stringify(value) : value;
  const text = JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('stack' in error)) return '';
  return `\n${String(error.stack)}`;
}

function textOf(message: unknown): string {
  return typeof message === 'string' ? message : '';
}
