import { describe, expect, test } from 'vitest';
import { isKept, newTraceParent, parseTraceParent, spanIdOf, traceIdOf } from './trace-parent.ts';

const [traceId, spanId] = ['af7651916cd43dd8448eb211c80319c0', 'b7ad6b7169203331'];

describe('a traceparent', () => {
  test('names a trace, a span, and whether they are kept', () => {
    const parent = parseTraceParent(`00-${traceId}-${spanId}-01`) ?? '';

    expect([traceIdOf(parent), spanIdOf(parent), isKept(parent)]).toEqual([traceId, spanId, true]);
    expect(isKept(`00-${traceId}-${spanId}-03`)).toBe(true);
    expect(isKept(`00-${traceId}-${spanId}-00`)).toBe(false);
  });

  test('of a later version is read as ours', () => {
    expect(parseTraceParent(`cc-${traceId}-${spanId}-01-what-comes`)).toBe(`00-${traceId}-${spanId}-01`);
  });

  test.each([
    undefined,
    '',
    `00-${traceId}-${spanId}-01-more`,
    `ff-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-1`,
    `00-${traceId}-${spanId}-01\n`,
  ])('is not what is none: %j', (value) => {
    expect(parseTraceParent(value)).toBeUndefined();
  });

  test('that begins here is another one each time, and says that nothing is kept', () => {
    const parents = Array.from({ length: 1_000 }, newTraceParent);

    expect(new Set(parents.map(traceIdOf)).size).toBe(1_000);
    expect(parents.every((parent) => parseTraceParent(parent) === parent && !isKept(parent))).toBe(true);
  });
});
