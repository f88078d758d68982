import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { summaries, type Results } from '../results.ts';
import type { BenchScenario } from '../scenarios/scenario.ts';
import { chart } from './chart.ts';
import { replaceGenerated } from './document.ts';
import { claimTable, section } from './sections.ts';
import { digits } from './table.ts';

/** What was measured, where and with what. */
export interface Recorded {
  readonly machine: string;
  readonly results: Results;
}

/** What is in the folder; nothing when nothing was ever saved. */
export function readRecorded(folder: string): Recorded {
  try {
    return JSON.parse(readFileSync(join(folder, 'benchmarks.json'), 'utf8')) as Recorded; // written by `save`
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { machine: '', results: {} };
    throw error;
  }
}

/** Writes benchmarks.json, .md and .svg in the folder anew. Scenarios that were not measured this time stay as they were. */
export function save(folder: string, scenarios: readonly BenchScenario[], { machine, results }: Recorded): void {
  const all = { ...readRecorded(folder).results, ...results };
  const page = join(folder, 'benchmarks.md');
  writeFileSync(join(folder, 'benchmarks.json'), `${JSON.stringify({ machine, results: all })}\n`);
  writeFileSync(join(folder, 'benchmarks.svg'), cpuChart(all));
  writeFileSync(page, replaceGenerated(readFileSync(page, 'utf8'), generated(scenarios, machine, all)));
}

function generated(scenarios: readonly BenchScenario[], machine: string, results: Results): string {
  const sections = scenarios.flatMap((scenario) => {
    const measured = results[scenario.name];
    return measured === undefined ? [] : [section(scenario, measured)];
  });
  const image = '![CPU time of the gateway per request](benchmarks.svg)';
  return [`Measured on ${machine}.`, image, '## What must show', claimTable(results), '## In detail', ...sections].join(
    '\n\n',
  );
}

function cpuChart(results: Results): string {
  const rows = summaries((results.peers ?? results.get)?.slices ?? []);
  const reference = rows.find(({ target }) => target === 'go-kit') ?? rows.find(({ target }) => target === 'ko');
  const bars = rows
    .map(({ target, cpu: { gateway = 0 } }) => ({
      label: target,
      value: gateway,
      text: `${digits(gateway)} us, ${digits(gateway / (reference?.cpu.gateway ?? Number.NaN))} x ${reference?.target ?? ''}`,
      isOurs: target.startsWith('ko'),
    }))
    .toSorted((a, b) => a.value - b.value);
  return chart('CPU time of the gateway per authenticated GET', bars);
}
