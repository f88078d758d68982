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
  const chosen = faults.filter(({ name }) => name.includes(values.only));
  try {
    await using target = await startTarget(Number(values.port), values.verbose);
    return report(await endureAll(target, chosen, { rate: Number(values.rate), margin, shorter: values.short }));
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof PortsTaken)) throw error;
    say(error.message);
    return 1;
  }
}

async function startTarget(port: number, verbose: boolean): Promise<Target> {
  const told = verbose ? say : () => {};
  const target = await Target.start({
    scale: { user: 3, order: 3, gateway: 2 },
    port,
    report: {
      line: (name, text) => told(`${name} ${text}`),
      news: told,
      crashed: (name, how) => told(`${name} ended: ${how}`),
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void target[Symbol.asyncDispose]().then(() => process.exit(1)));
  }
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
