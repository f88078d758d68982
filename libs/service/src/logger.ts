import { multistream, pino } from 'pino';
import { build as pretty } from 'pino-pretty';

const redacted = [
  'authorization',
  'cookie',
  'password',
  'passwordHash',
  'secret',
  'token',
  'accessToken',
  'refreshToken',
];

export interface LoggerOptions {
  readonly LOG_LEVEL: string;
  /** `json` for machines, `pretty` for people. */
  readonly LOG_FORMAT: 'json' | 'pretty';
}

/**
 * The logger of a process: one line of JSON per event, with what may be a secret cut out. Lines go to standard output, and
 * to `copy` as well.
 */
export function createLogger(
  name: string,
  { LOG_LEVEL, LOG_FORMAT }: LoggerOptions,
  copy?: pino.DestinationStream,
): pino.Logger {
  const output = standardOutput(LOG_FORMAT);
  return pino(
    {
      level: LOG_LEVEL,
      base: { service: name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      redact: { paths: redacted.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
    },
    copy === undefined ? output : multistream([output, copy].map((stream) => ({ stream, level: 'trace' }))),
  );
}

function standardOutput(format: LoggerOptions['LOG_FORMAT']): pino.DestinationStream {
  return format === 'pretty'
    ? pretty({ colorize: true, singleLine: true, ignore: 'service', translateTime: 'SYS:HH:MM:ss.l' })
    : pino.destination({ sync: false });
}
