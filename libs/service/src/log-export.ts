import { isSpanContextValid, ROOT_CONTEXT, SeverityNumber, trace, TraceFlags, type Context } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { LazyExporter } from './lazy-exporter.ts';
import { exportTimeout, watched, type Outcome } from './otlp.ts';

/** A stream of log lines that goes to a log store. */
export interface LogExport {
  write(line: string): void;
  /** Sends what has not been sent. */
  stop(): Promise<void>;
}

interface Line {
  readonly level: string;
  readonly time: unknown;
  readonly msg?: string;
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly [field: string]: unknown;
}

const severities: Readonly<Record<string, SeverityNumber>> = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

/** Sends log lines by OTLP/HTTP to the URL: the lines of standard output, already redacted, in batches. */
export function logExport(url: string, resource: Resource, outcome: Outcome): LogExport {
  const loaded = new LazyExporter<ReadableLogRecord>(async () => {
    const { OTLPLogExporter } = await import('@opentelemetry/exporter-logs-otlp-http');
    return new OTLPLogExporter({ url, timeoutMillis: exportTimeout });
  });
  const exporter = watched(loaded, 'logs', outcome);
  const provider = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter })] });
  const logger = provider.getLogger('pino');
  return {
    write(text) {
      const { level, time, msg = '', trace_id: traceId, span_id: spanId, ...fields } = JSON.parse(text) as Line;
      logger.emit({
        timestamp: timeOf(time),
        severityNumber: severities[level] ?? SeverityNumber.UNSPECIFIED,
        severityText: level,
        body: msg,
        attributes: attributesOf(fields),
        context: contextOf(traceId, spanId),
      });
    },
    stop: async () => provider.shutdown(),
  };
}

/** A line may have a field of its own in the place of its time, which need not be a date: it is written now. */
function timeOf(time: unknown): Date {
  const date = new Date(typeof time === 'string' ? time : NaN);
  return Number.isNaN(date.getTime()) ? new Date() : date;
}

/** All but the service, which the resource names. Objects as JSON: stores take apart what is nested, each in its own way. */
function attributesOf(fields: Readonly<Record<string, unknown>>): Record<string, string | number | boolean> {
  const own = Object.entries(fields).filter(([name]) => name !== 'service');
  return Object.fromEntries(own.map(([name, value]) => [name, isPlain(value) ? value : JSON.stringify(value)]));
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function contextOf(traceId = '', spanId = ''): Context {
  const span = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
  return isSpanContextValid(span) ? trace.setSpanContext(ROOT_CONTEXT, span) : ROOT_CONTEXT;
}
