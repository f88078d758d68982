import { dashboard, job } from './dashboard.ts';
import { heat, lines } from './panels.ts';
import { orZero, quantile, quantiles, rate } from './query.ts';

const served = (labels = '') => `rpc_server_duration_seconds_count{job="$job"${labels}}`;
const buckets = (side: 'server' | 'client') => `rpc_${side}_duration_seconds_bucket{job="$job"}`;

/** One service: what it is asked, how it answers, what it needs for that. */
export const service = dashboard({
  uid: 'service',
  title: 'Service',
  description:
    'One service: what it is asked, how it answers, and what it needs for that. Dots on latencies lead to traces.',
  variables: [job],
  rows: [
    {
      title: 'Requests',
      panels: [
        lines({
          title: 'Requests by method',
          description: 'Requests that it answers.',
          unit: 'reqps',
          queries: [{ expr: rate(served(), 'method'), legend: '{{method}}' }],
        }),
        lines({
          title: 'Failures by method and code',
          description: 'Requests that were not answered with ok, whoever is to blame.',
          unit: 'reqps',
          queries: [{ expr: orZero(rate(served(',code!="ok"'), 'method', 'code')), legend: '{{method}} {{code}}' }],
        }),
        lines({
          title: 'Latency',
          description: 'Quantiles of all requests. A dot is a request: click it for its trace.',
          unit: 's',
          queries: quantiles(buckets('server')),
        }),
        lines({
          title: 'Latency by method, 99th percentile',
          description: 'One request in a hundred takes longer. A dot is a request: click it for its trace.',
          unit: 's',
          queries: [{ expr: quantile(0.99, buckets('server'), 'method'), legend: '{{method}}', exemplars: true }],
        }),
        heat({
          title: 'Latency, how many',
          description: 'How many requests took how long. A dot is a request: click it for its trace.',
          unit: 's',
          queries: [{ expr: rate(buckets('server'), 'le'), legend: '{{le}}', exemplars: true }],
        }),
        lines({
          title: 'Share of faults',
          description: 'Requests that failed by a fault of the server, over five minutes and an hour.',
          unit: 'percentunit',
          queries: [
            { expr: 'job:rpc_server_errors:ratio_rate5m{job="$job"}', legend: '5 minutes' },
            { expr: 'job:rpc_server_errors:ratio_rate1h{job="$job"}', legend: 'an hour' },
          ],
        }),
      ],
    },
    {
      title: 'Capacity',
      panels: [
        lines({
          title: 'At work, and how many may be',
          description: 'Requests that have a place, and the limit, which adapts to how long answers take.',
          unit: 'short',
          queries: [
            {
              expr: 'sum by (instance) (rpc_server_concurrency_in_use{job="$job",kind="unary"})',
              legend: '{{instance}}',
            },
            {
              expr: 'sum by (instance) (rpc_server_concurrency_limit{job="$job",kind="unary"})',
              legend: 'limit of {{instance}}',
            },
          ],
        }),
        lines({
          title: 'Refused',
          description: 'Requests refused because there was too much to do.',
          unit: 'reqps',
          queries: [{ expr: rate('rpc_server_refused_total{job="$job"}', 'instance'), legend: '{{instance}}' }],
        }),
        lines({
          title: 'Database connections',
          description: 'Connections in use, and how many there may be, of all instances together.',
          unit: 'short',
          queries: [
            { expr: 'sum by (database, state) (database_connections{job="$job"})', legend: '{{database}}: {{state}}' },
            { expr: 'sum by (database) (database_connections_max{job="$job"})', legend: '{{database}}: limit' },
          ],
        }),
        lines({
          title: 'Waiting for a connection',
          description: 'Queries and transactions that wait because all connections are in use.',
          unit: 'short',
          queries: [
            {
              expr: 'sum by (instance, database) (database_connections_waiting{job="$job"})',
              legend: '{{instance}}: {{database}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Its calls to others',
      panels: [
        lines({
          title: 'Calls by method and code',
          description: 'Calls that it makes to other services.',
          unit: 'reqps',
          queries: [
            {
              expr: rate('rpc_client_duration_seconds_count{job="$job"}', 'method', 'code'),
              legend: '{{method}} {{code}}',
            },
          ],
        }),
        lines({
          title: 'Latency of calls',
          description: 'Quantiles of all calls, with what retries and hedges make of them.',
          unit: 's',
          queries: quantiles(buckets('client')).map((query) => ({ ...query, exemplars: false })),
        }),
        lines({
          title: 'Retries and hedges',
          description: 'Calls that were made again, or would have been.',
          unit: 'reqps',
          queries: [
            {
              expr: orZero(rate('rpc_client_retries_total{job="$job"}', 'method', 'outcome')),
              legend: 'retry {{method}} {{outcome}}',
            },
            {
              expr: orZero(rate('rpc_client_hedges_total{job="$job"}', 'method', 'outcome')),
              legend: 'hedge {{method}} {{outcome}}',
            },
          ],
        }),
        lines({
          title: 'Circuits',
          description: '1 while calls to an instance are held back, a half while it is tried.',
          unit: 'short',
          queries: [
            {
              expr: 'max by (neighbour, address) (circuit_open{job="$job"})',
              legend: '{{neighbour}} at {{address}}',
            },
          ],
        }),
        lines({
          title: 'Instances of neighbours',
          description: 'Instances that it knows, by whether calls can reach them; the mean over its own instances.',
          unit: 'short',
          queries: [
            {
              expr: 'avg by (neighbour, link) (discovery_instances{job="$job"})',
              legend: '{{neighbour}}: {{link}}',
            },
          ],
        }),
        lines({
          title: 'Age of lists',
          description: 'Time since the list of instances of a neighbour was last confirmed.',
          unit: 's',
          queries: [{ expr: 'max by (neighbour) (discovery_age_seconds{job="$job"})', legend: '{{neighbour}}' }],
        }),
      ],
    },
  ],
});
