import { expect, test } from 'vitest';
import type { Finding } from './finding.ts';
import { isHealthy, report, reportAsJson } from './report.mjs';

const ok: Finding = { level: 'ok', subject: 'git', found: '2.39.5' };
const note: Finding = { level: 'note', subject: 'migrations', found: 'unknown' };
const warning: Finding = { level: 'warning', subject: 'memory', found: '1.0 GiB', mend: 'close other programs' };
const wrong: Finding = { level: 'wrong', subject: 'packages', found: 'not installed', mend: 'npm ci' };

test('each finding is a line that ends with what mends it, and the last line counts', () => {
  expect(report([ok, note, warning, wrong]).split('\n')).toEqual([
    'ok       git         2.39.5',
    'note     migrations  unknown',
    'warning  memory      1.0 GiB → close other programs',
    'wrong    packages    not installed → npm ci',
    '',
    '1 wrong, 1 warning, 1 ok',
  ]);
});

test('colours are for terminals only', () => {
  expect(report([wrong], { colour: true })).toContain('\u001b[31mwrong  \u001b[0m');
  expect(report([wrong])).not.toContain('\u001b');
});

test('programs get the findings as they are', () => {
  expect(JSON.parse(reportAsJson([ok, wrong]))).toEqual({
    healthy: false,
    summary: '1 wrong, 0 warnings, 1 ok',
    findings: [ok, wrong],
  });
});

test('only what is wrong makes the machine unhealthy', () => {
  expect(isHealthy([ok, note, warning])).toBe(true);
  expect(isHealthy([ok, wrong])).toBe(false);
});
