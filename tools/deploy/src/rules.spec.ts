import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@ko/discovery/testing';
import { describe, expect, test } from 'vitest';
import { deployed, readDeployed } from './testing/places.ts';
import { adaptedConfig, filesIn, knowsConsul } from './testing/prometheus-config.ts';

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert?: string;
      readonly labels?: object;
      readonly annotations?: object;
    }[];
  }[];
}

interface TestFile {
  readonly tests: readonly {
    readonly alert_rule_test?: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
}

const promtool = findProgram('promtool');
const amtool = findProgram('amtool');

const alerts = filesIn('prometheus/rules')
  .flatMap((file) => (readDeployed(file) as RuleFile).groups)
  .flatMap(({ rules }) => rules.flatMap((rule) => (rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert }])));

describe('Prometheus', () => {
  test('takes its configuration', async ({ skip }) => {
    if (promtool === undefined) return skip('needs promtool in PATH');
    const anywhere = '127.0.0.1:9';
    const places = { consul: anywhere, prometheus: anywhere, exporter: anywhere, alertmanager: anywhere };
    const folder = adaptedConfig(places, knowsConsul(promtool) ? undefined : `http://${anywhere}/`);

    const output = await run(promtool, 'check', 'config', '--lint=all', join(folder, 'prometheus.yml'));

    rmSync(folder, { recursive: true });
    expect(output).toContain('SUCCESS');
  });

  test('takes its rules', async ({ skip }) => {
    if (promtool === undefined) return skip('needs promtool in PATH');

    const output = await run(promtool, 'check', 'rules', '--lint=all', '--lint-fatal', ...filesIn('prometheus/rules'));

    expect(output.match(/SUCCESS: \d+ rules found/g)).toHaveLength(filesIn('prometheus/rules').length);
  });

  test('alerts when it should, and only then', { timeout: 60_000 }, async ({ skip }) => {
    if (promtool === undefined) return skip('needs promtool in PATH');

    const output = await run(promtool, 'test', 'rules', ...filesIn('prometheus/tests'));

    expect(output.match(/SUCCESS/g)).toHaveLength(filesIn('prometheus/tests').length);
  });
});

describe('every alert', () => {
  test.each(alerts)('$alert says how bad it is, what it means, and where to read on', ({ alert, ...rule }) => {
    const anchor = alert.replaceAll(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

    expect(rule).toMatchObject({
      labels: { severity: expect.stringMatching(/^(critical|warning)$/) as string },
      annotations: {
        summary: expect.stringMatching(/\w/) as string,
        description: expect.stringMatching(/\w.*\.$/) as string,
        runbook_url: `docs/guides/operations.md#${anchor}`,
      },
    });
  });

  test('has a test in which it fires, and one in which it does not', () => {
    const tested = filesIn('prometheus/tests')
      .flatMap((file) => (readDeployed(file) as TestFile).tests)
      .flatMap(({ alert_rule_test = [] }) => alert_rule_test);
    const names = new Set(alerts.map(({ alert }) => alert));

    const those = (fires: boolean) =>
      new Set(tested.filter(({ exp_alerts }) => exp_alerts.length > 0 === fires).map(({ alertname }) => alertname));

    expect(those(true)).toEqual(names);
    expect(those(false)).toEqual(names);
  });
});

test('Alertmanager takes its configuration, and tells people of every severity', async ({ skip }) => {
  if (amtool === undefined) return skip('needs amtool in PATH');
  const file = deployed('alertmanager/alertmanager.yml');

  const checked = await run(amtool, 'check-config', file);
  const receivers = await Promise.all(
    ['critical', 'warning'].map(async (severity) =>
      run(amtool, 'config', 'routes', 'test', `--config.file=${file}`, `severity=${severity}`),
    ),
  );

  expect(checked).toContain('SUCCESS');
  expect(receivers.map((receiver) => receiver.trim())).toEqual(['people', 'people']);
});

/** What a program prints. Rejects with its complaints when it fails. */
async function run(program: string, ...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(program, args)).stdout;
}
