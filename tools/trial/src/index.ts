import { styleText } from 'node:util';

/** A part of a trial. Rejects when something does not hold; resolves to a text that is worth telling, or to anything else. */
export interface Step {
  readonly name: string;
  take(): Promise<unknown>;
}

/** Takes one step after the other, each standing on those before: the first that fails is the last. Resolves to the failures. */
export async function takeAll(steps: readonly Step[]): Promise<number> {
  let passed = 0;
  for (const { name, take } of steps) {
    const start = performance.now();
    try {
      const note = await take();
      passed += 1;
      const told = typeof note === 'string' ? `: ${note}` : '';
      console.log(`${styleText('green', '✓')} ${secondsSince(start).padStart(8)}  ${name}${told}`);
    } catch (error) {
      console.log(`${styleText('red', '✗')} ${secondsSince(start).padStart(8)}  ${name}`);
      console.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      break;
    }
  }
  const failed = passed < steps.length ? 1 : 0;
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed;
}

/** The time that has passed since a time of `performance.now()`. */
export function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
