import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { Summary } from './tools/test/summary.ts';

export default defineConfig({
  test: {
    include: ['{apps,libs,tools}/**/*.spec.ts'],
    globalSetup: ['./libs/data/src/testing/vitest-setup.ts'],
    // Files share processes, which is several times faster. A test that changes what is global puts it back.
    pool: 'forks',
    isolate: false,
    // Most tests wait rather than compute.
    maxWorkers: Math.max(3, availableParallelism()),
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ['default', new Summary()],
  },
});
