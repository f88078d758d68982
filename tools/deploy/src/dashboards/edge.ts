import { dashboard, type Variable } from './dashboard.ts';
import { heat, lines } from './panels.ts';
import { orZero, quantile, quantiles, rate } from './query.ts';

const gateway: Variable = {
  name: 'job',
  label: 'Gateway',
  query: 'label_values(http_server_request_duration_seconds_count, job)',
};

const requests = (labels = '') => `http_server_request_duration_seconds_count{job="$job"${labels}}`;
const buckets = 'http_server_request_duration_seconds_bucket{job="$job"}';

/** HTTP, as clients see it. */
export const edge = dashboard({
  uid: 'edge',
  title: 'Gateway edge',
  description: 'HTTP as clients see it, limits included. Dots on latencies lead to traces.',
  variables: [gateway],
  rows: [
    {
      title: 'Requests',
      panels: [
        lines({
          title: 'Requests by status',
          description: 'Answers by the first digit of their status.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (class) (label_replace(rate(${requests()}[$__rate_interval]), "class", "\${1}xx", "status", "(.).*"))`,
              legend: '{{class}}',
            },
          ],
        }),
        lines({
          title: 'Requests by route',
          description: 'Requests by method and route of the API; what no route is for is unmatched.',
          unit: 'reqps',
          queries: [{ expr: rate(requests(), 'method', 'route'), legend: '{{method}} {{route}}' }],
        }),
        lines({
          title: 'In flight',
          description: 'Requests to the API that are not answered yet.',
          unit: 'short',
          queries: [{ expr: 'sum by (instance) (rpc_server_in_flight{job="$job"})', legend: '{{instance}}' }],
        }),
        lines({
          title: 'Share of 5xx',
          description: 'Requests that failed by a fault of the system.',
          unit: 'percentunit',
          queries: [
            {
              expr: `sum(rate(${requests(',status=~"5.."')}[$__rate_interval]) or 0 * rate(${requests()}[$__rate_interval])) / sum(rate(${requests()}[$__rate_interval]))`,
              legend: '5xx',
            },
          ],
        }),
      ],
    },
    {
      title: 'Latency',
      panels: [
        lines({
          title: 'Latency',
          description: 'Quantiles of all requests. A dot is a request: click it for its trace.',
          unit: 's',
          queries: quantiles(buckets),
        }),
        lines({
          title: 'Latency by route, 99th percentile',
          description: 'One request in a hundred takes longer. A dot is a request: click it for its trace.',
          unit: 's',
          queries: [
            { expr: quantile(0.99, buckets, 'method', 'route'), legend: '{{method}} {{route}}', exemplars: true },
          ],
        }),
        heat({
          title: 'Latency, how many',
          description: 'How many requests took how long. A dot is a request: click it for its trace.',
          unit: 's',
          queries: [{ expr: rate(buckets, 'le'), legend: '{{le}}', exemplars: true }],
        }),
      ],
    },
    {
      title: 'Turned away',
      panels: [
        lines({
          title: 'Refused by status',
          description: 'Answers of 4xx: mistakes of callers, missing rights, limits.',
          unit: 'reqps',
          queries: [{ expr: orZero(rate(requests(',status=~"4.."'), 'status')), legend: '{{status}}' }],
        }),
        lines({
          title: 'Too many',
          description: 'Answers of 429 by route: the client asks too often, or the gateway has too much to do.',
          unit: 'reqps',
          queries: [
            { expr: orZero(rate(requests(',status="429"'), 'method', 'route')), legend: '{{method}} {{route}}' },
          ],
        }),
        lines({
          title: 'Too much to do',
          description: 'Requests that the gateway refused to protect itself.',
          unit: 'reqps',
          queries: [{ expr: rate('rpc_server_refused_total{job="$job"}', 'instance'), legend: '{{instance}}' }],
        }),
      ],
    },
  ],
});
