import { parseArgs } from 'node:util';
import { PortsTaken, UsageError } from '@ko/stack';
import { faults } from './faults.ts';
import { table, type Outcome } from './report.ts';
import { endure } from './run.ts';
import { Target } from './target.ts';

const usage = `Starts ko with several instances of everything, puts it under constant load, and does one thing after
the other to it. Prints what that did to the requests, and fails when something did not hold that must.

  npm run faults [-- <options>]

  --only <text>   only the faults whose name contains the text
  --rate <number> requests per second (default: 40)
  --short         Consul is away for 10 s instead of 60
  --port <port>   of the gateway, with all others after it (default: 21000)
  --help          show this
`;

const scale = { user: 3, order: 3, gateway: 2 };
const margin = 5_000;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      rate: { type: 'string', default: '40' },
      short: { type: 'boolean', default: false },
      port: { type: 'string', default: '21000' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const chosen = faults.filter(({ name }) => name.includes(values.only));
  const options = { rate: Number(values.rate), margin, shorter: values.short };
  try {
    return report(await endureAll(Number(values.port), chosen, options));
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof PortsTaken)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

async function endureAll(
  port: number,
  chosen: typeof faults,
  options: Parameters<typeof endure>[2],
): Promise<readonly Outcome[]> {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const log = (text: string): void => {
    if (process.env.FAULTS_LOG !== undefined) say(text);
  };
  const crashed = (name: string, how: string): void => log(`${name} ended: ${how}`);
  await using target = await Target.start({
    scale,
    port,
    report: { line: (name, text) => log(`${name} ${text}`), news: log, crashed },
  });
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
  process.stdout.write(`\n${table(outcomes)}\n\n${outcomes.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}
