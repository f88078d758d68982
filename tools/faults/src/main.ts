import { parseArgs } from 'node:util';
import { PortsTaken, UsageError } from '@ko/stack';
import { faults, type Fault } from './faults.ts';
import { table, type Outcome } from './report.ts';
import { endure, type RunOptions } from './run.ts';
import { Target } from './target.ts';

const usage = `Starts ko with several instances of everything, puts it under constant load, and does one thing after
the other to it. Prints what that did to the requests, and fails when something did not hold that must. Needs a program
consul, in PATH or named by CONSUL_BIN.

  npm run faults [-- <options>]

  --only <text>   only the faults whose name contains the text
  --rate <number> requests per second (default: 40)
  --short         Consul is away for 10 s instead of 60
  --port <port>   of the gateway, with all others after it (default: 21000)
  --verbose       show what the processes print
  --help          show this
`;

/** Milliseconds of load before and after a fault. */
const margin = 5_000;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      rate: { type: 'string', default: '40' },
      short: { type: 'boolean', default: false },
      port: { type: 'string', default: '21000' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    say(usage);
    return 0;
  }
  try {
    const chosen = chosenFaults(values.only);
    const options = { rate: numberIn('rate', values.rate), margin, shorter: values.short };
    await using target = await startTarget(numberIn('port', values.port), values.verbose);
    return report(await endureAll(target, chosen, options));
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof PortsTaken)) throw error;
    say(error.message);
    return 1;
  }
}

function chosenFaults(text: string): readonly Fault[] {
  const chosen = faults.filter(({ name }) => name.includes(text));
  if (chosen.length > 0) return chosen;
  throw new UsageError(
    `no fault has '${text}' in its name; there are:\n${faults.map(({ name }) => `  ${name}`).join('\n')}`,
  );
}

function numberIn(option: string, text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new UsageError(`--${option} takes a number, not '${text}'`);
}

async function startTarget(port: number, verbose: boolean): Promise<Target> {
  const told = verbose ? say : () => {};
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const target = await Target.start({
    scale: { user: 3, order: 3, gateway: 2 },
    port,
    signal: stop.signal,
    report: {
      line: (name, text) => told(`${name} ${text}`),
      news: told,
      crashed: (name, how) => told(`${name} ended: ${how}`),
    },
  });
  stop.signal.addEventListener('abort', () => void target[Symbol.asyncDispose]().then(() => process.exit(1)));
  return target;
}

async function endureAll(target: Target, chosen: readonly Fault[], options: RunOptions): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const fault of chosen) {
    say(`${fault.name} …`);
    const outcome = await endure(target, fault, options);
    outcomes.push(outcome);
    for (const broken of outcome.broken) say(`  ${broken}`);
  }
  return outcomes;
}

function report(outcomes: readonly Outcome[]): number {
  const failed = outcomes.filter(({ broken }) => broken.length > 0).length;
  say(`\n${table(outcomes)}\n\n${outcomes.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
