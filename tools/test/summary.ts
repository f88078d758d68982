import { styleText } from 'node:util';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';

/**
 * Ends a test run with what was skipped and why, and with one plain line of counts.
 *
 * Where `CI` is set, a skipped test fails the run: there, everything it needs has to be present.
 */
export class Summary implements Reporter {
  #filtered = false;

  onInit({ config }: Vitest): void {
    this.#filtered = config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === 'passed');
    const failed = tests.filter((test) => test.result().state === 'failed');
    // Files and hooks that fail have no test of their own.
    const broken = modules.filter(
      (module) => module.state() === 'failed' && !failed.some((test) => test.module === module),
    );
    const skipped = tests.filter((test) => test.result().state === 'skipped' && !this.#leftOut(test));

    if (skipped.length > 0) report(skipped);
    const failures = failed.length + broken.length + unhandled.length;
    console.log(
      `${passed.length} passed, ${failures} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`,
    );
    if (skipped.length > 0 && process.env.CI) process.exitCode = 1;
  }

  /** Whether the name asked for with `-t` left the test out. */
  #leftOut(test: TestCase): boolean {
    return this.#filtered && reasonOf(test) === undefined;
  }
}

function report(skipped: readonly TestCase[]): void {
  console.log(styleText('yellow', `Skipped ${skipped.length}:`));
  for (const test of skipped) {
    console.log(`  ${test.module.relativeModuleId} > ${test.fullName}: ${reasonOf(test) ?? 'no reason given'}`);
  }
  console.log('');
}

function reasonOf(test: TestCase): string | undefined {
  const result = test.result();
  return result.state === 'skipped' ? result.note : undefined;
}
