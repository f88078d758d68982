import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, orAborted, StatusError, type Code, type Context, type Endpoint } from '@ko/endpoint';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { hedge } from './hedge.ts';
import { RetryBudget } from './retry-budget.ts';

const { echo, wait, download } = ConformanceService.method;
type Attempt = (context: Context) => Promise<string>;

/** Does with each attempt what it is told to, and keeps the contexts they came with. */
function attempts(...behaviours: readonly Attempt[]): Endpoint<null, string> & { readonly contexts: Context[] } {
  const contexts: Context[] = [];
  const endpoint: Endpoint<null, string> = async (_, context) => {
    const behave = behaviours[contexts.push(context) - 1];
    if (behave === undefined) throw new Error('called too often');
    return behave(context);
  };
  return Object.assign(endpoint, { contexts });
}

const hang: Attempt = async ({ signal }) => orAborted(new Promise<never>(() => undefined), signal);
const failLater =
  (code: Code): Attempt =>
  async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    throw new StatusError(code, code);
  };
function answering(answer: string): Attempt {
  return async ({ reply }) => {
    reply.set('from', answer);
    return answer;
  };
}

describe('hedge', () => {
  const soon = { after: 5 };

  test('asks once more when there is no answer, takes the first, and cancels the other', async () => {
    const endpoint = attempts(hang, answering('second'));
    const context = createContext();

    const response = await hedge(new RetryBudget(), soon)(endpoint, echo)(null, context);

    expect(response).toBe('second');
    expect(endpoint.contexts[0]?.signal.reason).toMatchObject({ code: 'cancelled' });
    expect(context.signal.aborted).toBe(false);
    expect([...context.reply]).toEqual([['from', 'second']]);
  });

  test('asks once where the answer comes soon, and where the failure does', async () => {
    const middleware = hedge(new RetryBudget(), { after: 10_000 });

    await expect(middleware(attempts(answering('first')), echo)(null, createContext())).resolves.toBe('first');
    await expect(middleware(attempts(failLater('unavailable')), echo)(null, createContext())).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  test('a fault of one attempt does not end the call while the other runs', async () => {
    const late: Attempt = async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return 'first';
    };
    const endpoint = attempts(late, failLater('unavailable'));

    await expect(hedge(new RetryBudget(), soon)(endpoint, echo)(null, createContext())).resolves.toBe('first');
  });

  test('a failure that is an answer ends the call', async () => {
    const call = hedge(new RetryBudget(), soon)(attempts(hang, failLater('not_found')), echo)(null, createContext());

    await expect(call).rejects.toMatchObject({ code: 'not_found' });
  });

  test('fails when both attempts do', async () => {
    const endpoint = attempts(failLater('unavailable'), failLater('internal'));

    const call = hedge(new RetryBudget(), soon)(endpoint, echo)(null, createContext());

    await expect(call).rejects.toMatchObject({ code: 'unavailable' });
    expect(endpoint.contexts).toHaveLength(2);
  });

  test('is over with its caller', async () => {
    const caller = new AbortController();
    const call = hedge(new RetryBudget(), soon)(attempts(hang, hang), echo)(
      null,
      createContext({ signal: caller.signal }),
    );
    setTimeout(() => caller.abort(new StatusError('deadline_exceeded', 'too late')), 20);

    await expect(call).rejects.toMatchObject({ code: 'deadline_exceeded' });
  });

  test('takes from the budget of retries, and counts how it went', async () => {
    const metrics = new Registry();
    const middleware = hedge(new RetryBudget({ max: 1 }), { ...soon, metrics });
    const slow: Attempt = async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return 'first';
    };

    await middleware(attempts(hang, answering('second')), echo)(null, createContext());
    const unhedged = await middleware(attempts(slow), echo)(null, createContext());

    expect(unhedged).toBe('first');
    const text = await metrics.metrics();
    expect(text).toMatch(/rpc_client_hedges_total{.*method="Echo",outcome="won"} 1/);
    expect(text).toMatch(/rpc_client_hedges_total{.*method="Echo",outcome="budget_exhausted"} 1/);
  });

  test('leaves alone what may have an effect, streams, and all when it is off', () => {
    const endpoint = attempts();

    expect(hedge(new RetryBudget(), soon)(endpoint, wait)).toBe(endpoint);
    expect(hedge(new RetryBudget(), soon)(endpoint, download)).toBe(endpoint);
    expect(hedge(new RetryBudget())(endpoint, echo)).toBe(endpoint);
  });
});
