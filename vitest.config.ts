import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { Summary } from './tools/test/summary.ts';

const tests = '{apps,libs,tools}/**/*.spec.ts';

/** Tests that start whole systems: two at a time, as a machine of two cores has no room for more. */
const systems = [
  'apps/e2e/**/*.spec.ts',
  'tools/faults/**/*.spec.ts',
  'tools/stack/src/start-system.spec.ts',
  'tools/deploy/src/observability.spec.ts',
  'tools/bench/src/smoke.spec.ts',
];

/** Starts with what takes longest by far, so that it does not run alone in the end: a clean checkout knows no durations. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLongest = ({ moduleId }: TestSpecification) => Number(moduleId.endsWith('faults/src/start-order.spec.ts'));
    return (await super.sort(files)).toSorted((a, b) => isLongest(b) - isLongest(a));
  }
}

export default defineConfig({
  test: {
    globalSetup: ['./libs/data/src/testing/vitest-setup.ts'],
    // Files share processes, which is several times faster. A test that changes what is global puts it back.
    pool: 'forks',
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    reporters: ['default', new Summary()],
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: [tests],
          exclude: ['**/node_modules/**', ...systems],
          // Most of them wait rather than compute.
          maxWorkers: Math.max(4, availableParallelism()),
        },
      },
      {
        extends: true,
        test: { name: 'systems', include: systems, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
