import { claims } from '../claims.ts';
import { summaries, type Measured, type Results, type Summary } from '../results.ts';
import type { BenchScenario } from '../scenarios/scenario.ts';
import { digits, percent, table } from './table.ts';

/** What was measured in a scenario, in Markdown. */
export function section({ title, about }: BenchScenario, { slices, figures, notes }: Measured): string {
  const rows = summaries(slices);
  return [
    `### ${title}`,
    about,
    ...(rows.length > 0 ? [summaryTable(rows)] : []),
    ...(Object.keys(figures).length > 0 ? [figureTable(figures)] : []),
    ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join('\n')] : []),
  ].join('\n\n');
}

/** What the results must show, and whether they do, in Markdown. */
export function claimTable(results: Results): string {
  return table([
    ['must show', 'target', 'measured', 'holds'],
    ...claims(results).map(({ text, target, measured, holds }) => [
      text,
      target,
      measured === undefined ? 'not measured' : digits(measured),
      measured === undefined ? '–' : holds ? 'yes' : '**no**',
    ]),
  ]);
}

function summaryTable(rows: readonly Summary[]): string {
  const parts = [...new Set(rows.flatMap(({ cpu }) => Object.keys(cpu)))];
  const hasErrors = rows.some(({ errors }) => errors > 0);
  return table([
    [
      'who',
      ...parts.map((part) => `${part}, us`),
      'load, us',
      ...['req/s', 'p50 ms', 'p99 ms', 'p99.9 ms'],
      ...parts.map((part) => `${part}, MB`),
      ...['noise', 'clean'],
      ...(hasErrors ? ['errors'] : []),
    ],
    ...rows.map((row) => [
      row.target,
      ...parts.map((part) => digits(row.cpu[part] ?? Number.NaN)),
      ...[row.loadCpu, row.rate, row.p50, row.p99, row.p999].map(digits),
      ...parts.map((part) => digits(row.memory[part] ?? Number.NaN)),
      ...[percent(row.noise), `${row.clean}/${row.of}`],
      ...(hasErrors ? [String(row.errors)] : []),
    ]),
  ]);
}

function figureTable(figures: Readonly<Record<string, number>>): string {
  return table([['what', 'measured'], ...Object.entries(figures).map(([name, value]) => [name, digits(value)])]);
}
