import { pino, stdSerializers } from 'pino';
import { build as pretty } from 'pino-pretty';
import { gathering } from './gathering.ts';
import { leaveToPino, writePlainLine } from './plain-lines.ts';
import { redacted, redactedFields } from './redaction.ts';

export interface LoggerOptions {
  readonly LOG_LEVEL: string;
  /** `json` for machines, `pretty` for people. */
  readonly LOG_FORMAT: 'json' | 'pretty';
}

/** The level from which on a line does not wait: pino's number of `error`. */
const urgent = 50;

/**
 * The logger of a process: one line of JSON per event, with what may be a secret cut out. Lines go to standard output, and
 * to `copy` as well. They are written together, those of a moment at a time; an error at once, and all when the process ends.
 */
export function createLogger(
  name: string,
  { LOG_LEVEL, LOG_FORMAT }: LoggerOptions,
  copy?: pino.DestinationStream,
): pino.Logger {
  const output = standardOutput(LOG_FORMAT);
  const log = pino(
    {
      level: LOG_LEVEL,
      base: { service: name },
      timestamp,
      formatters: { level: (level) => ({ level }), log: redactedFields },
      serializers: { err: (error: Error) => redacted(stdSerializers.err(error), 1) },
      hooks: {
        logMethod(line, write, level) {
          if (!writePlainLine(this, line, level)) write.apply(this, cleanMessage(line));
          if (level >= urgent) output.flush?.();
        },
      },
    },
    copy === undefined ? output : both(output, copy),
  );
  return withCleanChildren(log);
}

/** A line that pino makes: `fields` are cleaned by its formatter, what the message is made of here. */
function cleanMessage(line: Parameters<pino.LogFn>): Parameters<pino.LogFn> {
  const [fields, ...message] = line;
  return message.length > 1 ? [fields, ...redacted(message)] : line;
}

type Child = (this: pino.Logger, fields: pino.Bindings, options?: pino.ChildLoggerOptions) => pino.Logger;

/** The logger, whose children, and theirs, have no secret in the fields that they are made with. */
function withCleanChildren(log: pino.Logger): pino.Logger {
  const child: Child = log.child;
  const cleanChild: Child = function (fields, options) {
    const made = child.call(this, redacted(fields), options);
    return makesOtherLines(options) ? leaveToPino(made) : made;
  };
  return Object.assign(log, { child: cleanChild });
}

function makesOtherLines({ redact, serializers, formatters }: pino.ChildLoggerOptions = {}): boolean {
  return (redact ?? serializers ?? formatters) !== undefined;
}

let lastTime = NaN;
let lastTimestamp = '';

/** The time in RFC 3339, as pino wants it: under load that of the line before. */
function timestamp(): string {
  const now = Date.now();
  if (now !== lastTime) {
    lastTime = now;
    lastTimestamp = `,"time":"${new Date(now).toISOString()}"`;
  }
  return lastTimestamp;
}

interface Output extends pino.DestinationStream {
  flush?(): void;
}

/** Both get every line; only the output keeps lines that can be flushed. */
function both(output: Output, copy: pino.DestinationStream): Output {
  return {
    write(line) {
      output.write(line);
      copy.write(line);
    },
    flush: () => output.flush?.(),
  };
}

function standardOutput(format: LoggerOptions['LOG_FORMAT']): Output {
  return format === 'pretty'
    ? pretty({ colorize: true, singleLine: true, ignore: 'service', translateTime: 'SYS:HH:MM:ss.l' })
    : gathering({ room: 32_768, patience: 100 });
}
