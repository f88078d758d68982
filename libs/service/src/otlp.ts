import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import type { ProcessConfig } from './config.ts';

/** What is sent by OTLP. */
export type Signal = 'traces' | 'logs';

const variables = { traces: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', logs: 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT' } as const;

/**
 * Where a signal goes by OTLP/HTTP; undefined when nowhere. A variable of the signal's own names the whole URL, the common
 * one the base of all (OpenTelemetry, Protocol Exporter, "Endpoint URLs for OTLP/HTTP").
 */
export function endpointOf(signal: Signal, config: ProcessConfig): string | undefined {
  const base = config.OTEL_EXPORTER_OTLP_ENDPOINT?.reveal();
  return config[variables[signal]]?.reveal() ?? (base && `${base.replace(/\/$/, '')}/v1/${signal}`);
}

interface Exporter<Item> {
  export(items: Item[], done: (result: ExportResult) => void): void;
}

/** Told of each batch that was sent, or lost. */
export type Outcome = (signal: Signal, result: ExportResult) => void;

/** Milliseconds that sending a batch may take: a store that is away must not hold up what is observed, nor its end. */
export const exportTimeout = 3_000;

/** Milliseconds until a store that took nothing is tried again, the first time and at most: looking for it is work, too. */
const pauses = { first: 2_000, longest: 30_000 };

const away = { code: ExportResultCode.FAILED, error: new Error('it did not take what came before') };

/** The exporter, whose outcomes are told. What a store that is away would get is lost at once. */
export function watched<Item, E extends Exporter<Item>>(exporter: E, signal: Signal, outcome: Outcome): E {
  const send = exporter.export.bind(exporter);
  let pause = 0;
  let resumes = 0;
  exporter.export = (items: Item[], done: (result: ExportResult) => void) => {
    const finish = (result: ExportResult): void => {
      outcome(signal, result);
      done(result);
    };
    if (performance.now() < resumes) finish(away);
    else {
      send(items, (result) => {
        const hasFailed = result.code !== ExportResultCode.SUCCESS;
        pause = hasFailed ? Math.min(2 * pause || pauses.first, pauses.longest) : 0;
        resumes = performance.now() + pause;
        finish(result);
      });
    }
  };
  return exporter;
}

/** Counts the batches that were sent, and those that were lost, and logs when that begins and ends. */
export function exportOutcomes(registry: Registry, log: () => Logger): Outcome {
  const failures = new Counter({
    name: 'telemetry_export_failures_total',
    help: 'Batches of spans or log lines that could not be sent and were lost.',
    labelNames: ['signal'],
    registers: [registry],
  });
  const successes = new Counter({
    name: 'telemetry_exports_total',
    help: 'Batches of spans or log lines that were sent.',
    labelNames: ['signal'],
    registers: [registry],
  });
  const failing = new Set<Signal>();
  for (const signal of ['traces', 'logs'] as const) {
    failures.inc({ signal }, 0);
    successes.inc({ signal }, 0);
  }

  return (signal, { code, error }) => {
    const hasFailed = code !== ExportResultCode.SUCCESS;
    (hasFailed ? failures : successes).inc({ signal });
    if (hasFailed === failing.has(signal)) return;
    if (hasFailed) {
      failing.add(signal);
      log().warn({ signal, fault: error?.message }, 'telemetry cannot be sent and is lost');
    } else {
      failing.delete(signal);
      log().info({ signal }, 'telemetry can be sent again');
    }
  };
}
