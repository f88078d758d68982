import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, StatusError, type Code, type Endpoint } from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import { deadline } from './deadline.ts';

const { echo, download } = ConformanceService.method;
const hang: Endpoint<null, never> = () => new Promise(() => undefined);

/** Fails as told, call by call, then answers with the number of calls. */
function failing(...codes: (Code | StatusError)[]): Endpoint<null, number> & { calls: () => number } {
  let calls = 0;
  const endpoint: Endpoint<null, number> = async () => {
    const failure = codes[calls++];
    if (failure === undefined) return calls;
    throw failure instanceof StatusError ? failure : new StatusError(failure, failure);
  };
  return Object.assign(endpoint, { calls: () => calls });
}

describe('deadline', () => {
  test('ends a call that goes on for too long, and aborts its signal', async () => {
    let aborted: AbortSignal | undefined;
    const endpoint: Endpoint<null, never> = (_, { signal }) => {
      aborted = signal;
      return hang(null, createContext());
    };

    await expect(deadline({ max: 10 })(endpoint, echo)(null, createContext())).rejects.toMatchObject({
      code: 'deadline_exceeded',
      message: expect.stringContaining('ConformanceService/Echo') as string,
    });

    expect(aborted?.reason).toMatchObject({ code: 'deadline_exceeded' });
  });

  test('is the earlier one of the caller and our own', async () => {
    const endpoint: Endpoint<null, number | undefined> = async (_, context) => context.deadline;
    const soon = Date.now() + 1_000;

    await expect(deadline({ max: 5_000 })(endpoint, echo)(null, createContext({ deadline: soon }))).resolves.toBe(soon);
    await expect(deadline({ max: 5_000 })(endpoint, echo)(null, createContext())).resolves.toBeGreaterThan(soon);
  });

  test('that has passed lets no call begin', async () => {
    const endpoint = failing();

    const call = deadline()(endpoint, echo)(null, createContext({ deadline: Date.now() - 1 }));

    await expect(call).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(endpoint.calls()).toBe(0);
  });

  test('cuts a stream that hangs midway', async () => {
    async function* stuck() {
      yield 1;
      await new Promise(() => undefined);
    }
    const items: number[] = [];

    const read = async () => {
      const stream = await deadline({ max: 20 })(async () => stuck(), download)(null, createContext());
      for await (const item of stream) items.push(item);
    };

    await expect(read()).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(items).toEqual([1]);
  });

  test('lets the cancellation of the caller through as it is', async () => {
    const controller = new AbortController();
    const gone = new StatusError('cancelled', 'gone');

    const call = deadline()(hang, echo)(null, createContext({ signal: controller.signal }));
    controller.abort(gone);

    await expect(call).rejects.toBe(gone);
  });
});
