import { settle, StatusError, type Code, type Context, type Logger, type Middleware } from '@ko/endpoint';
import { nameOf } from './method-name.ts';
import { spanIdOf, traceIdOf } from './trace-parent.ts';

export interface LoggingOptions {
  /**
   * A process logs what it serves; what it calls only at debug level, unless it fails. An edge logs what it refuses: what it
   * answers is in its access log.
   */
  readonly side?: 'server' | 'edge' | 'client';
}

type Level = 'debug' | 'info' | 'warn' | 'error';

/** Codes that are the fault of the server, or of what is behind it. The others are the caller's. */
const faults: ReadonlyMap<Code, Level> = new Map([
  ['unknown', 'error'],
  ['internal', 'error'],
  ['data_loss', 'error'],
  ['unimplemented', 'warn'],
  ['unavailable', 'warn'],
  ['deadline_exceeded', 'warn'],
]);

/** Writes one line for each request when it is over, and gives the layers inside a logger that names the request. */
export function logging({ side = 'server' }: LoggingOptions = {}): Middleware {
  const answered: Level = side === 'server' ? 'info' : 'debug';
  const refused: Level = side === 'client' ? 'debug' : 'info';

  return (next, method) => {
    const name = nameOf(method);
    return (request, context) => {
      const since = performance.now();
      const { log, peer } = context;
      const inner = side === 'client' ? context : { ...context, log: new RequestLogger(context) };
      return settle(
        () => next(request, inner),
        (error) => {
          if (error === undefined && log.isLevelEnabled?.(answered) === false) return;
          const ids = side === 'client' ? undefined : idsOf(context);
          const status = error === undefined ? undefined : StatusError.from(error);
          const code = status?.code ?? 'ok';
          const fields = { ...ids, method: name, peer, duration_ms: milliseconds(since), code };
          if (status === undefined) log[answered](fields, side);
          else logFailure(log, { ...fields, side }, status, refused);
        },
      );
    };
  };
}

/** A logger whose lines all name the request. It is made when somebody has something to say, which few requests do. */
class RequestLogger implements Logger {
  readonly #context: Context;
  #named: Logger | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  debug(fields: object, message: string): void {
    this.#logger.debug(fields, message);
  }

  info(fields: object, message: string): void {
    this.#logger.info(fields, message);
  }

  warn(fields: object, message: string): void {
    this.#logger.warn(fields, message);
  }

  error(fields: object, message: string): void {
    this.#logger.error(fields, message);
  }

  isLevelEnabled(level: Level): boolean {
    return this.#context.log.isLevelEnabled?.(level) ?? true;
  }

  child(fields: object): Logger {
    return this.#logger.child(fields);
  }

  get #logger(): Logger {
    return (this.#named ??= this.#context.log.child(idsOf(this.#context)));
  }
}

function logFailure(log: Logger, { side, ...fields }: { side: string }, status: StatusError, refused: Level): void {
  const { code, reason, message, cause } = status;
  const level = faults.get(code) ?? refused;
  log[level]({ ...fields, reason, message, ...(cause !== undefined && faults.has(code) && { err: cause }) }, side);
}

function idsOf({ requestId, outgoing: { traceparent } }: Context): object {
  if (traceparent === undefined) return { request_id: requestId };
  return { request_id: requestId, trace_id: traceIdOf(traceparent), span_id: spanIdOf(traceparent) };
}

function milliseconds(since: number): number {
  return Math.round((performance.now() - since) * 100) / 100;
}
