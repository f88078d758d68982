import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { expect, test, vi } from 'vitest';
import { LazyExporter } from './lazy-exporter.ts';

const sent = async (exporter: LazyExporter<string>, items: string[]): Promise<ExportResult> =>
  new Promise((resolve) => exporter.export(items, resolve));

test('an exporter is loaded once, when there is something to send, and shut down if it was', async () => {
  const batches: string[][] = [];
  const shutdown = vi.fn(async () => Promise.resolve());
  const load = vi.fn(async () =>
    Promise.resolve({
      export(items: string[], done: (result: ExportResult) => void) {
        batches.push(items);
        done({ code: ExportResultCode.SUCCESS });
      },
      shutdown,
    }),
  );
  const [used, unused] = [new LazyExporter(load), new LazyExporter(load)];

  const results = [await sent(used, ['a']), await sent(used, ['b'])];
  await Promise.all([used.shutdown(), unused.shutdown()]);

  expect(results).toEqual([{ code: ExportResultCode.SUCCESS }, { code: ExportResultCode.SUCCESS }]);
  expect(batches).toEqual([['a'], ['b']]);
  expect(load).toHaveBeenCalledTimes(1);
  expect(shutdown).toHaveBeenCalledTimes(1);
});

test('a batch is lost, and that is said, when the exporter cannot be loaded', async () => {
  const error = new Error('no such package');
  const exporter = new LazyExporter<string>(async () => Promise.reject(error));

  expect(await sent(exporter, ['a'])).toEqual({ code: ExportResultCode.FAILED, error });
  await expect(exporter.shutdown()).resolves.toBeUndefined();
});

test('a batch that the exporter cannot take is lost, and that is said', async () => {
  const error = new RangeError('no date');
  const exporter = new LazyExporter<string>(async () =>
    Promise.resolve({
      export() {
        throw error;
      },
      shutdown: async () => Promise.resolve(),
    }),
  );

  expect(await sent(exporter, ['a'])).toEqual({ code: ExportResultCode.FAILED, error });
});
