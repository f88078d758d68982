import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { findProgram, freePorts } from '@ko/discovery/testing';
import { services } from '@ko/stack';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Dashboard } from './dashboards/dashboard.ts';
import { dashboards } from './dashboards/files.ts';
import { adaptedConfig, knowsConsul } from './testing/prometheus-config.ts';
import { Prometheus } from './testing/prometheus.ts';
import { metricsIn, panelsOf, queriesOf, variablesOf } from './testing/queries.ts';
import { traffic } from './testing/traffic.ts';
import { startWatchedSystem, type WatchedSystem } from './testing/watched-system.ts';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly type: 'recording' | 'alerting';
      readonly name: string;
      readonly query: string;
      readonly health: string;
    }[];
  }[];
}

const wanted = ['consul', 'prometheus', 'promtool', 'prometheus-postgres-exporter'];
const programs = wanted.map(findProgram);
const [, prometheusProgram = '', promtool = '', exporter = ''] = programs;

/** Everything that is there, services that were generated included. */
const each = Object.fromEntries(services.map(({ name }) => [name, 1]));
const all = { ...each, user: 2, gateway: 1, prometheus: 1, postgres: 1 };
const patience = { timeout: 15_000, interval: 200 };

if (programs.includes(undefined)) {
  const missing = wanted.filter((_, index) => programs[index] === undefined);
  test('what is observed', ({ skip }) => skip(`needs in PATH: ${missing.join(', ')}`));
} else {
  describe('a system under traffic', () => {
    const stopped = new AbortController();
    let watched: WatchedSystem;
    let prometheus: Prometheus;
    let requests: Promise<void>;

    beforeAll(async () => {
      const isBuiltFor = knowsConsul(promtool);
      watched = await startWatchedSystem({
        prometheus: prometheusProgram,
        knowsConsul: isBuiltFor,
        exporter,
      });
      ({ prometheus } = watched);
      requests = traffic(watched.system.gateways[0] ?? '', stopped.signal);
    }, 120_000);

    afterAll(async () => {
      stopped.abort();
      await requests;
      await watched[Symbol.asyncDispose]();
    }, 60_000);

    test('is scraped whole', async () => {
      await expect.poll(async () => prometheus.targets(), patience).toEqual(all);
    });

    test('is found through Consul', async ({ skip }) => {
      const program = knowsConsul(promtool) ? prometheusProgram : findProgram('prometheus-consul');
      if (program === undefined) {
        return skip(
          'needs a Prometheus built with Consul discovery in PATH, as prometheus-consul if it is another one',
        );
      }
      const [port = 0] = await freePorts(1);
      const folder = adaptedConfig({ ...watched.places, prometheus: `127.0.0.1:${port}` });
      await using other = await Prometheus.start(program, folder, port);

      await expect.poll(async () => other.targets(), patience).toEqual(all);
    });

    test('alerts when requests fail', async () => {
      await expect.poll(() => watched.alerts(), patience).toContain('ErrorBudgetBurn');
    });

    test('has all its rules evaluated: records have series, and alerts read metrics that there are', async () => {
      const rules = (await prometheus.get<Rules>('rules')).groups.flatMap((group) => group.rules);
      const records = rules.filter(({ type }) => type === 'recording').map(({ name }) => name);

      for (const record of records) await expect.poll(async () => hasValue(prometheus, record), patience).toBe(true);
      const evaluated = (await prometheus.get<Rules>('rules')).groups.flatMap((group) => group.rules);
      const names = await prometheus.names();

      expect(evaluated.filter(({ health }) => health !== 'ok')).toEqual([]);
      expect(rules.flatMap(({ query }) => metricsIn(query)).filter((name) => !names.has(name))).toEqual([]);
      expect(records.length).toBeGreaterThan(10);
    });

    test.each(dashboards.map((board) => [board.title ?? '', board] as const))(
      'has all that the dashboard %s shows',
      async (_, board) => {
        const queries = panelsOf(board).flatMap((panel) =>
          queriesOf(panel).map((query) => ({ query, panel: panel.title })),
        );

        const variants = await settings(prometheus, board);
        const empty = async () => {
          const asked = queries.map(async (one) => {
            const answers = variants.map(async (variant) => hasValue(prometheus, filled(one.query, variant)));
            return (await Promise.all(answers)).includes(true) ? [] : [one];
          });
          return (await Promise.all(asked)).flat();
        };
        await expect.poll(empty, patience).toEqual([]);
        const names = await prometheus.names();

        expect(variants).not.toEqual([]);
        expect(queries.flatMap(({ query }) => metricsIn(query)).filter((name) => !names.has(name))).toEqual([]);
      },
      30_000,
    );

    test.each(['rpc_server_duration_seconds_bucket', 'http_server_request_duration_seconds_bucket'])(
      'leads from %s to traces',
      async (query) => {
        const range = () => ({ start: String(Date.now() / 1000 - 300), end: String(Date.now() / 1000) });
        const exemplars = async () =>
          prometheus.get<readonly { readonly exemplars: readonly { readonly labels: object }[] }[]>('query_exemplars', {
            query,
            ...range(),
          });

        await expect
          .poll(async () => (await exemplars())[0]?.exemplars[0]?.labels, patience)
          .toEqual({
            trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
          });
      },
    );

    test('says what promtool finds no fault with', async () => {
      const faults = await Promise.all(
        watched.system.instances.map(async ({ name, admin }) => [name, await faultsIn(`${admin}/metrics`)]),
      );

      expect(faults).toEqual(watched.system.instances.map(({ name }) => [name, []]));
    });
  });
}

/** The values of the variables of a dashboard that somebody can pick. */
async function settings(
  prometheus: Prometheus,
  board: Dashboard,
): Promise<readonly Readonly<Record<string, string>>[]> {
  let picked: readonly Readonly<Record<string, string>>[] = [{}];
  for (const { name, query, isSeveral } of variablesOf(board)) {
    const choices = picked.map(async (before) => {
      const values = await prometheus.values(filled(query, before));
      const choice = isSeveral ? [values.join('|')] : values;
      return choice.filter((value) => value !== '').map((value) => ({ ...before, [name]: value }));
    });
    picked = (await Promise.all(choices)).flat();
  }
  return picked;
}

/** A query as Grafana sends it. */
function filled(query: string, variables: Readonly<Record<string, string>>): string {
  return query.replaceAll(
    /\$(\w+)/g,
    (name, variable: string) => ({ ...variables, __rate_interval: '15s' })[variable] ?? name,
  );
}

/** Whether a query has a series with a number. */
async function hasValue(prometheus: Prometheus, query: string): Promise<boolean> {
  return (await prometheus.query(query)).some(({ value: [, value] }) => Number.isFinite(Number(value)));
}

/** What promtool has against the metrics at a URL. */
async function faultsIn(url: string): Promise<readonly string[]> {
  const program = spawn(promtool, ['check', 'metrics'], { stdio: ['pipe', 'inherit', 'pipe'] });
  program.stdin.end(await (await fetch(url)).text());
  return (await text(program.stderr)).split('\n').filter((line) => line !== '');
}
