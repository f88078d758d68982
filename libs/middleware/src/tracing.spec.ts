import { trace } from '@opentelemetry/api';
import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, type Endpoint, type Metadata } from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import { clientTracing } from './tracing.ts';

const { echo } = ConformanceService.method;

describe('tracing', () => {
  test('passes a trace on, though nothing is traced here', async () => {
    let sent: Metadata = {};
    const spy: Endpoint<null, void> = async (_, { outgoing }) => {
      sent = outgoing;
    };
    const traceparent = '00-af7651916cd43dd8448eb211c80319c0-b7ad6b7169203331-01';
    const none = trace.wrapSpanContext({ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 });
    const tracer = { startSpan: () => none, startActiveSpan: () => undefined as never };

    await clientTracing(tracer)(spy, echo)(null, createContext({ metadata: { traceparent } }));

    expect(sent).toEqual({ traceparent });
  });
});
