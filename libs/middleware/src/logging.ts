import { trace } from '@opentelemetry/api';
import { settle, StatusError, type Code, type Context, type Logger, type Middleware } from '@ko/endpoint';
import { nameOf } from './method-name.ts';

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
      const log = side === 'client' ? context.log : context.log.child(idsOf(context));
      return settle(
        () => next(request, { ...context, log }),
        (error) => {
          const fields = { method: name, peer: context.peer, duration_ms: milliseconds(since) };
          if (error === undefined) log[answered]({ ...fields, code: 'ok' }, side);
          else logFailure(log, { ...fields, side }, StatusError.from(error), refused);
        },
      );
    };
  };
}

function logFailure(log: Logger, { side, ...fields }: { side: string }, status: StatusError, refused: Level): void {
  const { code, reason, message, cause } = status;
  const level = faults.get(code) ?? refused;
  log[level](
    { ...fields, code, reason, message, ...(cause !== undefined && faults.has(code) && { err: cause }) },
    side,
  );
}

function idsOf({ requestId }: Context): object {
  const span = trace.getActiveSpan()?.spanContext();
  return { request_id: requestId, ...(span && { trace_id: span.traceId, span_id: span.spanId }) };
}

function milliseconds(since: number): number {
  return Math.round((performance.now() - since) * 100) / 100;
}
