// `npm run check` and, with --fix, `npm run fix`: all that a change must pass, except for the tests.
import { join } from 'node:path';
import { styleText } from 'node:util';
import { contractsAreCompatible } from './check/breaking.ts';
import { generatedIsCurrent } from './check/generated.ts';
import { root, run, type Outcome } from './check/run.ts';
import { appsWithDatabase } from './run/state.mjs';

interface Step {
  readonly name: string;
  readonly run: () => Promise<Outcome>;
}

const marks = { passed: styleText('green', '✓'), failed: styleText('red', '✗'), skipped: styleText('yellow', '–') };

const fix = process.argv.includes('--fix');
/** Files that are as they were when they were in order are not looked at again. */
const remembered = ['--cache', '--cache-strategy=content'];

/** The slowest first. */
const steps: readonly Step[] = [
  step('lint', 'eslint', ['.', '--max-warnings=0', ...(fix ? ['--fix'] : [])]),
  step('format', 'prettier', ['.', ...remembered, '--log-level=warn', fix ? '--write' : '--check']),
  step('unused code and packages, import cycles', 'knip', ['--no-progress', '--no-config-hints']),
  step('types', 'node', ['node_modules/typescript7/bin/tsc', '-p', 'tsconfig.json']),
  ...appsWithDatabase(root).map((app) =>
    step(`database: schema of apps/${app}`, 'prisma', ['validate'], join(root, 'apps', app)),
  ),
  step('contracts: lint', 'buf', ['lint']),
  step('contracts: format', 'buf', ['format', ...(fix ? ['--write'] : ['--diff', '--exit-code'])]),
  { name: 'contracts: compatible', run: contractsAreCompatible },
  { name: 'contracts: generated code is current', run: generatedIsCurrent },
];

const count = { passed: 0, failed: 0, skipped: 0 };
const queue = steps.values();

// Fixing is done one by one, as two steps may write the same file.
await Promise.all((fix ? [queue] : [queue, queue]).map(work));

const { passed, failed, skipped } = count;
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;

function step(name: string, program: string, args: readonly string[], cwd = root): Step {
  return { name, run: () => run(program, args, cwd) };
}

async function work(remaining: Iterable<Step>): Promise<void> {
  for (const step of remaining) {
    const start = performance.now();
    const { result, output, note } = await step.run();
    count[result] += 1;

    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(5);
    console.log(`${marks[result]} ${seconds} s  ${step.name}${note === undefined ? '' : `: ${note}`}`);
    if (result === 'failed') console.log(output.trimEnd().replace(/^/gm, '    '));
  }
}
