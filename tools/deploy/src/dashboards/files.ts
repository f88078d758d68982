import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Dashboard } from './dashboard.ts';
import { edge } from './edge.ts';
import { node } from './node.ts';
import { overview } from './overview.ts';
import { postgres } from './postgres.ts';
import { service } from './service.ts';

/** Every dashboard. */
export const dashboards: readonly Dashboard[] = [overview, service, edge, node, postgres];

const folder = join(import.meta.dirname, '../../../../deploy/grafana/dashboards');

/** The files of all dashboards: path, and what belongs in it. */
export async function dashboardFiles(): Promise<ReadonlyMap<string, string>> {
  const files = dashboards.map(async (board) => {
    const path = join(folder, `${board.uid ?? ''}.json`);
    return [path, await format(JSON.stringify(board), { ...(await resolveConfig(path)), filepath: path })] as const;
  });
  return new Map(await Promise.all(files));
}
