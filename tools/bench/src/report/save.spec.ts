import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scenarios } from '../scenarios/all.ts';
import { slice } from '../testing/slice.ts';
import { readRecorded, save } from './save.ts';

let folder = '';
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const marks = [
  '<!-- What follows is written by npm run bench. -->',
  '<!-- What precedes is written by npm run bench. -->',
];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ko-bench-'));
  writeFileSync(join(folder, 'benchmarks.md'), `# Title\n\n${marks.join('\n')}\n`);
});

afterEach(() => rmSync(folder, { recursive: true }));

test('what was measured is on the page, in the chart and in the raw numbers', () => {
  const slices = [slice('ko', 1, 50), slice('Fastify with JWT', 1, 40)];
  save(folder, scenarios, { machine: 'a machine', results: { get: { slices, figures: {}, notes: ['A note.'] } } });

  expect(read('benchmarks.md')).toMatch(
    /Measured on a machine\.[^]*\| gateway CPU per GET \/ Fastify with JWT .*1\.25 \|/,
  );
  expect(read('benchmarks.md')).toContain('- A note.');
  expect(read('benchmarks.svg')).toContain('50.0 us, 1.00 x');
  expect(readRecorded(folder).results.get?.slices).toEqual(slices);
});

test('scenarios that were not measured stay as they were', () => {
  const figures = { errors: 0 };
  save(folder, scenarios, { machine: 'm', results: { connections: { slices: [], figures, notes: [] } } });
  save(folder, scenarios, { machine: 'm', results: { get: { slices: [slice('ko', 1, 50)], figures: {}, notes: [] } } });

  expect(readRecorded(folder).results.connections?.figures).toEqual(figures);
  expect(read('benchmarks.md')).toContain('### 10,000 connections');
});

test('where nothing was saved there is nothing', () => {
  expect(readRecorded(folder).results).toEqual({});
});
