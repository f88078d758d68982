import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { compare } from './check.ts';
import { parseOptions, usage, UsageError, type Options } from './options.ts';
import { readRecorded, save } from './report/save.ts';
import { claimTable, section } from './report/sections.ts';
import { digits, table } from './report/table.ts';
import type { Results } from './results.ts';
import { scenarios, scenariosFor } from './scenarios/all.ts';
import { openSite } from './site.ts';
import { root } from './subjects/own.ts';

const docs = join(root, 'docs');
const folder = join(root, '.ko/bench/run');

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.help) process.stdout.write(usage);
    else if (options.command === 'check') return check(await measureAll(options));
    else report(options, await measureAll(options));
    return 0;
  } catch (error) {
    console.error(error instanceof UsageError ? error.message : error);
    return 1;
  }
}

async function measureAll(options: Options): Promise<Results> {
  const chosen = scenariosFor(options);
  await using stack = new AsyncDisposableStack();
  // Below `npm run` a signal may arrive twice; what it asks for is done once.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void interrupted(stack));
  const told = (text: string): void => console.log(text);
  const site = openSite({ folder, port: options.port, told }, stack);
  const wants = (name: string): boolean => options.only.length === 0 || options.only.includes(name);
  const results: Record<string, Results[string]> = {};
  for (const scenario of chosen) {
    console.log(`\n${scenario.title}`);
    await using own = stack.use(new AsyncDisposableStack());
    results[scenario.name] = await scenario.measure({
      site,
      stack: own,
      pace: options,
      starts: options.starts,
      wants,
      profile: options.profile,
    });
    console.log(`\n${section(scenario, results[scenario.name] ?? { slices: [], figures: {}, notes: [] })}`);
  }
  return results;
}

/** Ends all that was started; what was measured is lost. */
async function interrupted(stack: AsyncDisposableStack): Promise<void> {
  await stack.disposeAsync();
  process.exit(130);
}

function report(options: Options, results: Results): void {
  console.log(`\n${claimTable({ ...readRecorded(docs).results, ...results })}`);
  if (!options.save) return;
  const machine = `${cpus()[0]?.model ?? 'a machine'} with ${availableParallelism()} cores, Node ${process.versions.node}`;
  save(docs, scenarios, { machine, results });
  console.log('\ndocs/benchmarks.json, .md and .svg are written');
}

function check(results: Results): number {
  const findings = compare(readRecorded(docs).results, results);
  if (findings.length === 0)
    throw new Error('docs/benchmarks.json has nothing to compare with: npm run bench -- --save');
  console.log(
    `\n${table([
      ['CPU, of Fastify with JWT', 'was', 'is', 'holds'],
      ...findings.map(({ text, was, is, holds }) => [text, digits(was), digits(is), holds ? 'yes' : 'no']),
    ])}`,
  );
  return findings.every(({ holds }) => holds) ? 0 : 1;
}
