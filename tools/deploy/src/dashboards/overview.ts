import { dashboard } from './dashboard.ts';
import { lines, linesOfServices, numbers } from './panels.ts';
import { orZero, rate } from './query.ts';

/** The whole system: is it well, and if not, where to look. */
export const overview = dashboard({
  uid: 'overview',
  title: 'System overview',
  description: 'How all services do. A click on a line leads to the service.',
  rows: [
    {
      title: 'Now',
      panels: [
        numbers({
          title: 'Alerts',
          description: 'Alerts that are firing.',
          unit: 'short',
          limits: [1, 1],
          queries: [{ expr: 'count(ALERTS{alertstate="firing"}) or vector(0)', legend: 'firing' }],
        }),
        numbers({
          title: 'Instances',
          description: 'Instances that Prometheus finds and can read, by service.',
          unit: 'short',
          width: 8,
          queries: [{ expr: 'sum by (job) (up)', legend: '{{job}}' }],
        }),
        numbers({
          title: 'Not registered',
          description: 'Processes that the registry does not know as they are.',
          unit: 'short',
          limits: [1, 1],
          queries: [{ expr: 'count(registration_up == 0) or vector(0)', legend: 'processes' }],
        }),
        numbers({
          title: 'Circuits',
          description: 'Circuits that hold back calls to an instance.',
          unit: 'short',
          limits: [1, 3],
          queries: [{ expr: 'count(circuit_open > 0) or vector(0)', legend: 'open' }],
        }),
        numbers({
          title: 'Releases',
          description: 'Releases that run: two of a service during a roll-out, one otherwise.',
          unit: 'short',
          queries: [{ expr: 'count by (version) (build_info)', legend: '{{version}}' }],
        }),
      ],
    },
    {
      title: 'Requests',
      panels: [
        linesOfServices({
          title: 'Requests',
          description: 'Requests that each service answers.',
          unit: 'reqps',
          queries: [{ expr: rate('rpc_server_duration_seconds_count', 'job'), legend: '{{job}}' }],
        }),
        linesOfServices({
          title: 'Errors',
          description: 'Share of requests that failed by a fault of the server, in five minutes.',
          unit: 'percentunit',
          queries: [{ expr: 'job:rpc_server_errors:ratio_rate5m', legend: '{{job}}' }],
        }),
        linesOfServices({
          title: 'Latency, 99th percentile',
          description: 'One request in a hundred takes longer.',
          unit: 's',
          queries: [{ expr: 'job:rpc_server_duration_seconds:p99', legend: '{{job}}' }],
        }),
        linesOfServices({
          title: 'Latency, median',
          description: 'Every other request takes longer.',
          unit: 's',
          queries: [{ expr: 'job:rpc_server_duration_seconds:p50', legend: '{{job}}' }],
        }),
      ],
    },
    {
      title: 'Error budget',
      panels: [
        numbers({
          title: 'Error budget left',
          description: 'Of the errors that 99.9 % allow in 30 days, how much is left.',
          unit: 'percentunit',
          width: 12,
          limits: [0.5, 0.1],
          queries: [{ expr: 'job:rpc_server_error_budget:remaining30d', legend: '{{job}}' }],
        }),
        linesOfServices({
          title: 'Burn rate',
          description: 'How much faster than allowed the budget goes, over an hour: 1 lasts for 30 days, 14.4 for two.',
          unit: 'short',
          queries: [{ expr: 'job:rpc_server_errors:ratio_rate1h / 0.001', legend: '{{job}}' }],
        }),
      ],
    },
    {
      title: 'Trouble',
      panels: [
        lines({
          title: 'Alerts firing',
          description: 'Which alerts fire, and about what.',
          unit: 'short',
          queries: [
            {
              expr: orZero('count by (alertname, job) (ALERTS{alertstate="firing"})'),
              legend: '{{alertname}} {{job}}',
            },
          ],
        }),
        linesOfServices({
          title: 'Refused',
          description: 'Requests refused because there was too much to do.',
          unit: 'reqps',
          queries: [{ expr: rate('rpc_server_refused_total', 'job'), legend: '{{job}}' }],
        }),
        lines({
          title: 'Circuits opened',
          description: 'Circuits that opened in ten minutes, by caller, neighbour and cause.',
          unit: 'short',
          queries: [
            {
              expr: orZero('sum by (job, neighbour, cause) (increase(circuit_opened_total[10m]))'),
              legend: '{{job}} to {{neighbour}}: {{cause}}',
            },
          ],
        }),
        linesOfServices({
          title: 'Telemetry lost',
          description: 'Batches of spans and log lines that could not be sent.',
          unit: 'short',
          queries: [{ expr: rate('telemetry_export_failures_total', 'job', 'signal'), legend: '{{job}}: {{signal}}' }],
        }),
      ],
    },
  ],
});
