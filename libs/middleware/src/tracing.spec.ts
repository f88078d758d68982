import { trace, TraceFlags, type Tracer } from '@opentelemetry/api';
import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, type Endpoint, type Metadata } from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import { Spans, TraceIds } from './spans.ts';
import { isKept, traceIdOf } from './trace-parent.ts';
import { clientTracing, serverTracing } from './tracing.ts';

const { echo } = ConformanceService.method;
const traceId = 'af7651916cd43dd8448eb211c80319c0';
const [kept, unkept] = ['01', '00'].map((flags) => `00-${traceId}-b7ad6b7169203331-${flags}`) as [string, string];
const ownId = 'c0ffee0000000001';

/** What a call that is made within a request takes along, and what goes back. */
async function passedOn(metadata: Metadata, { spans, tell = false }: { spans?: Spans; tell?: boolean } = {}) {
  const sent: Metadata[] = [];
  const spy: Endpoint<null, unknown> = async (_, { outgoing }) => sent.push(outgoing);
  const client = clientTracing(spans)(spy, echo);
  const context = createContext({ metadata, outgoing: { other: 'x' } });
  await serverTracing(spans, { tell })(client, echo)(null, context);
  return { sent: sent[0] ?? {}, told: context.reply.get('traceresponse') };
}

/** Spans of a tracer that notes which ones it began. */
function noting(keeps: (traceId: string) => boolean = () => true) {
  const begun: string[] = [];
  const ids = new TraceIds();
  const tracer: Tracer = {
    startSpan(name, options, context) {
      const parent = context && trace.getSpanContext(context);
      begun.push(`${String(options?.kind)} ${name} in ${parent?.spanId ?? 'none'}`);
      const id = parent?.traceId ?? ids.generateTraceId();
      return trace.wrapSpanContext({ traceId: id, spanId: ownId, traceFlags: TraceFlags.SAMPLED });
    },
    startActiveSpan: () => undefined as never,
  };
  return { begun, spans: new Spans(tracer, ids, keeps) };
}

describe('tracing', () => {
  test('passes a trace on, though nothing is traced here', async () => {
    let sent: Metadata = {};
    const spy: Endpoint<null, void> = async (_, { outgoing }) => {
      sent = outgoing;
    };
    const metadata = { traceparent: kept, tracestate: 'a=b' };

    await clientTracing(undefined)(spy, echo)(null, createContext({ metadata }));
    const { sent: passed, told } = await passedOn(metadata, { tell: true });

    expect(sent).toEqual(metadata);
    expect(passed).toEqual({ ...metadata, other: 'x' });
    expect(told).toBe(kept);
  });

  test.each(['a=é', 'a=b\tc', '', `a=${'b'.repeat(511)}`])(
    'passes a trace on without the state %j',
    async (tracestate) => {
      const { sent } = await passedOn({ traceparent: kept, tracestate });

      expect(sent).toEqual({ traceparent: kept, other: 'x' });
    },
  );

  test('passes on as much of a state as others have to', async () => {
    const tracestate = `a=${'b'.repeat(510)}`;

    expect((await passedOn({ traceparent: kept, tracestate })).sent).toMatchObject({ tracestate });
  });

  test.each([{}, { traceparent: 'none', tracestate: 'a=b' }])(
    'begins a trace where none came: %j',
    async (metadata) => {
      const { sent, told } = await passedOn(metadata, { tell: true });

      expect(sent).toEqual({
        traceparent: expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-00$/) as string,
        other: 'x',
      });
      expect(told).toBe(sent.traceparent);
    },
  );

  test('makes a span of what is kept: of the request, and of the call that is made for it', async () => {
    const { begun, spans } = noting();

    const { sent, told } = await passedOn({ traceparent: kept, tracestate: 'a=b' }, { spans, tell: true });

    const name = 'ko.conformance.v1.ConformanceService/Echo';
    expect(begun).toEqual([`1 ${name} in b7ad6b7169203331`, `2 ${name} in ${ownId}`]);
    expect(sent).toEqual({ traceparent: `00-${traceId}-${ownId}-01`, tracestate: 'a=b', other: 'x' });
    expect(told).toBe(sent.traceparent);
  });

  test('makes none of what its caller does not keep, whatever we would', async () => {
    const { begun, spans } = noting();

    const { sent } = await passedOn({ traceparent: unkept }, { spans });

    expect(begun).toEqual([]);
    expect(sent.traceparent).toBe(unkept);
  });

  test('decides by the id of a trace that begins here, once for all who are part of it', async () => {
    const { begun, spans } = noting((id) => id < '8');

    const passed = await Promise.all(Array.from({ length: 200 }, () => passedOn({}, { spans })));

    const parents = passed.map(({ sent: { traceparent = '' } }) => traceparent);
    expect(parents.every((parent) => isKept(parent) === traceIdOf(parent) < '8')).toBe(true);
    expect(begun).toHaveLength(2 * parents.filter(isKept).length);
    expect(new Set(parents.map(isKept)).size).toBe(2);
  });
});
