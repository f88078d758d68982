import { deadlineExceeded, StatusError, type Code } from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import { verdictOf } from './verdict.ts';

const { signal } = new AbortController();

const status = (code: Code, reason?: string): StatusError =>
  new StatusError(code, 'no', reason === undefined ? {} : { reason });

describe('a failed call', () => {
  test.each([
    ['of a caller who is mistaken', status('not_found'), { isAlive: true, load: 'observe', outcome: 'ok' }],
    ['that the instance got wrong', status('internal'), { isAlive: true, load: 'observe', outcome: 'fault' }],
    ['that went further', status('deadline_exceeded', 'DEADLINE_EXCEEDED'), { isAlive: true, outcome: 'fault' }],
    ['that did not reach it', status('unavailable'), { outcome: 'fault' }],
    ['that it refused', status('resource_exhausted', 'OVERLOADED'), { isAlive: true, load: 'refused' }],
    ['that had no room on the stream', status('resource_exhausted', 'TOO_MANY_CALLS'), {}],
    ['that cannot be encoded', new RangeError('1.5 is no integer'), {}],
    ['that a transport ended soon', deadlineExceeded(), { load: 'unanswered' }],
  ])('%s', (_, error, said) => {
    const verdict = verdictOf({ error, took: 10, signal });

    expect(verdict).toMatchObject(said);
    expect(verdict.outcome).toBe('outcome' in said ? said.outcome : undefined);
  });

  test('that nobody waited for says something only when there was time', () => {
    const late = AbortSignal.abort(deadlineExceeded());

    expect(verdictOf({ error: deadlineExceeded(), took: 10, signal: late })).toEqual({ load: 'unanswered' });
    expect(verdictOf({ error: deadlineExceeded(), took: 1_000, signal: late })).toEqual({
      load: 'unanswered',
      outcome: 'fault',
    });
    expect(verdictOf({ error: status('cancelled'), took: 1_000, signal: AbortSignal.abort() })).toEqual({
      load: 'unanswered',
    });
  });
});
