import { parseArgs, styleText } from 'node:util';
import { Clone } from './clone.ts';
import { steps } from './steps.ts';

const usage = `Makes a product of a fresh clone of the last commit, as somebody would in their first days: generates services,
a method, a middleware and a client, edits them, checks and tests everything, calls it through the gateway, renames the
workspace, checks and tests again, removes a service. Five minutes; the clone is removed in the end.

  npm run journey [-- <options>]

  --port <port>  of the gateway, with all others after it (default: 24000)
  --keep         leave the clone where it is
  --help         show this
`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '24000' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(usage);
else process.exitCode = await travel(Number(values.port), values.keep);

async function travel(port: number, keep: boolean): Promise<number> {
  const start = performance.now();
  const clone = await Clone.make();
  try {
    return await takeAll(clone, port);
  } finally {
    say(`The journey took ${seconds(start)}.`);
    if (keep) say(`The clone is in ${clone.folder}`);
    else await clone[Symbol.asyncDispose]();
  }
}

/** Each step stands on the ones before: the first that fails is the last. */
async function takeAll(clone: Clone, port: number): Promise<number> {
  let passed = 0;
  for (const { name, take } of steps) {
    const start = performance.now();
    try {
      const note = await take(clone, port);
      passed += 1;
      say(
        `${styleText('green', '✓')} ${seconds(start).padStart(8)}  ${name}${typeof note === 'string' ? `: ${note}` : ''}`,
      );
    } catch (error) {
      say(`${styleText('red', '✗')} ${seconds(start).padStart(8)}  ${name}`);
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      break;
    }
  }
  const failed = passed < steps.length ? 1 : 0;
  say(`\n${passed} passed, ${failed} failed`);
  return failed;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

function say(text: string): void {
  console.log(text);
}
