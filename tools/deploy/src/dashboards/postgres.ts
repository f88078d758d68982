import { dashboard } from './dashboard.ts';
import { lines, numbers } from './panels.ts';
import { rate } from './query.ts';

/** Not those that every server has. */
const databases = 'datname!~"template.*|postgres|"';

/** Postgres as it sees itself, and the pools of those who use it. */
export const postgres = dashboard({
  uid: 'postgres',
  title: 'Postgres',
  description: 'Postgres as it sees itself, and the pools of the services that use it.',
  rows: [
    {
      title: 'Server',
      panels: [
        numbers({
          title: 'Up',
          description: 'Whether Postgres answers its exporter: 1 or 0.',
          unit: 'short',
          limits: [1, 0.5],
          queries: [{ expr: 'pg_up', legend: '{{instance}}' }],
        }),
        numbers({
          title: 'Cache hits',
          description: 'Share of blocks that were in memory, of all that were read since it has started.',
          unit: 'percentunit',
          limits: [0.99, 0.9],
          queries: [
            {
              expr: `sum(pg_stat_database_blks_hit{${databases}}) / (sum(pg_stat_database_blks_hit{${databases}}) + sum(pg_stat_database_blks_read{${databases}}))`,
              legend: 'hits',
            },
          ],
        }),
        numbers({
          title: 'Size',
          description: 'What each database takes on disk.',
          unit: 'bytes',
          width: 16,
          queries: [{ expr: `pg_database_size_bytes{${databases}}`, legend: '{{datname}}' }],
        }),
        lines({
          title: 'Connections',
          description: 'Connections by state, and how many there may be: who comes then is refused.',
          unit: 'short',
          queries: [
            { expr: 'sum by (state) (pg_stat_activity_count)', legend: '{{state}}' },
            { expr: 'max(pg_settings_max_connections)', legend: 'limit' },
          ],
        }),
        lines({
          title: 'Transactions',
          description: 'Transactions by database, and how they ended.',
          unit: 'ops',
          queries: [
            { expr: rate(`pg_stat_database_xact_commit{${databases}}`, 'datname'), legend: '{{datname}}: committed' },
            {
              expr: rate(`pg_stat_database_xact_rollback{${databases}}`, 'datname'),
              legend: '{{datname}}: rolled back',
            },
          ],
        }),
        lines({
          title: 'Deadlocks',
          description: 'Transactions that were ended because each waited for another one.',
          unit: 'ops',
          queries: [{ expr: rate(`pg_stat_database_deadlocks{${databases}}`, 'datname'), legend: '{{datname}}' }],
        }),
        lines({
          title: 'Locks',
          description: 'Locks that are held, by mode.',
          unit: 'short',
          queries: [{ expr: `sum by (mode) (pg_locks_count{${databases}})`, legend: '{{mode}}' }],
        }),
      ],
    },
    {
      title: 'Pools of services',
      panels: [
        lines({
          title: 'Share of connections in use',
          description: 'Of those that a pool may have: at all of them, queries wait.',
          unit: 'percentunit',
          queries: [
            {
              expr: 'database_connections{state="used"} / ignoring (state) database_connections_max',
              legend: '{{job}} at {{instance}}',
            },
          ],
        }),
        lines({
          title: 'Waiting for a connection',
          description: 'Queries and transactions that wait because all connections are in use.',
          unit: 'short',
          queries: [{ expr: 'database_connections_waiting', legend: '{{job}} at {{instance}}' }],
        }),
      ],
    },
  ],
});
