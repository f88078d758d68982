import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dashboardFiles, dashboards } from './dashboards/files.ts';
import { deployed, readDeployed } from './testing/places.ts';
import { panelsOf, queriesOf, variablesOf } from './testing/queries.ts';

interface Sources {
  readonly datasources: readonly { readonly uid: string; readonly type: string; readonly jsonData: object }[];
}

test('the committed dashboards are those that the code makes: npm run generate', async () => {
  const folder = deployed('grafana/dashboards');

  const wanted = await dashboardFiles();
  const committed = readdirSync(folder).map((name) => [join(folder, name), readFileSync(join(folder, name), 'utf8')]);

  expect(Object.fromEntries(committed)).toEqual(Object.fromEntries(wanted));
});

describe.each(dashboards.map((board) => [board.title ?? '', board] as const))('%s', (_, board) => {
  test('every panel has a title, a description, a unit, an id and a query', () => {
    const panels = panelsOf(board);

    for (const panel of panels) {
      expect(panel).toMatchObject({
        title: expect.stringMatching(/\w/) as string,
        description: expect.stringMatching(/\w.*\.$/) as string,
        fieldConfig: { defaults: { unit: expect.stringMatching(/\w/) as string } },
      });
      expect(queriesOf(panel)).not.toEqual([]);
    }
    expect(panels.length).toBeGreaterThan(5);
    expect(new Set(board.panels?.map(({ id }) => id)).size).toBe(board.panels?.length);
  });

  test('names no service', () => {
    const texts = [...panelsOf(board).flatMap(queriesOf), ...variablesOf(board).map(({ query }) => query)];

    expect(texts.filter((text) => /job=~?"(?!\$job")/.test(text))).toEqual([]);
  });
});

describe('the data sources', () => {
  const { datasources } = readDeployed('grafana/provisioning/datasources/datasources.yml') as Sources;
  const uids = datasources.map(({ uid }) => uid);

  test('are those that dashboards and links between them name', () => {
    const json = JSON.stringify([dashboards, datasources.map(({ jsonData }) => jsonData)]);
    const named = Array.from(json.matchAll(/"(?:datasourceUid|uid)":"(\w+)"/g), ([, uid]) => uid);

    const boards = dashboards.map(({ uid }) => uid);
    expect(new Set(named.filter((uid) => !boards.includes(uid)))).toEqual(new Set(uids));
  });

  test('lead from a request to its trace, to its log lines, and back', () => {
    expect(Object.fromEntries(datasources.map(({ uid, jsonData }) => [uid, jsonData]))).toMatchObject({
      prometheus: { exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: 'jaeger' }] },
      jaeger: { tracesToLogsV2: { datasourceUid: 'loki' } },
      loki: { derivedFields: [{ matcherRegex: 'trace_id', datasourceUid: 'jaeger' }] },
    });
  });

  test('know how often Prometheus asks', () => {
    const { global } = readDeployed('prometheus/prometheus.yml') as { global: { scrape_interval: string } };

    expect(datasources[0]?.jsonData).toMatchObject({ timeInterval: global.scrape_interval });
  });
});
