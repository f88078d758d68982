import { dashboard, instance, job } from './dashboard.ts';
import { lines, numbers } from './panels.ts';
import { rate } from './query.ts';

const of = 'job="$job",instance=~"$instance"';

/** What Node and the operating system say of the processes of a service. */
export const node = dashboard({
  uid: 'node',
  title: 'Node runtime',
  description: 'What Node and the operating system say of the processes of a service.',
  variables: [job, instance],
  rows: [
    {
      title: 'Processes',
      panels: [
        numbers({
          title: 'Running for',
          description: 'Time since each process has started.',
          unit: 's',
          width: 12,
          queries: [{ expr: `time() - process_start_time_seconds{${of}}`, legend: '{{instance}}' }],
        }),
        numbers({
          title: 'Release',
          description: 'How many processes run which release, on which Node.',
          unit: 'short',
          width: 12,
          queries: [{ expr: `count by (version, node) (build_info{${of}})`, legend: '{{version}} on {{node}}' }],
        }),
      ],
    },
    {
      title: 'Time',
      panels: [
        lines({
          title: 'Event loop lag, 99th percentile',
          description: 'How late one turn of the event loop in a hundred comes: all requests wait so long.',
          unit: 's',
          queries: [{ expr: `nodejs_eventloop_lag_p99_seconds{${of}}`, legend: '{{instance}}' }],
        }),
        lines({
          title: 'CPU',
          description: 'Cores in use. JavaScript has one of them.',
          unit: 'short',
          queries: [{ expr: rate(`process_cpu_seconds_total{${of}}`, 'instance'), legend: '{{instance}}' }],
        }),
        lines({
          title: 'Garbage collection',
          description: 'Share of time that is spent on it, by kind.',
          unit: 'percentunit',
          queries: [
            {
              expr: rate(`nodejs_gc_duration_seconds_sum{${of}}`, 'instance', 'kind'),
              legend: '{{instance}}: {{kind}}',
            },
          ],
        }),
        lines({
          title: 'Active handles and requests',
          description: 'What keeps the event loop busy: sockets, timers, files. Growing for ever, it is a leak.',
          unit: 'short',
          queries: [{ expr: `sum by (instance) (nodejs_active_resources{${of}})`, legend: '{{instance}}' }],
        }),
      ],
    },
    {
      title: 'Memory',
      panels: [
        lines({
          title: 'Heap',
          description: 'What JavaScript uses, and what V8 has set aside for it.',
          unit: 'bytes',
          queries: [
            { expr: `nodejs_heap_size_used_bytes{${of}}`, legend: '{{instance}}: used' },
            { expr: `nodejs_heap_size_total_bytes{${of}}`, legend: '{{instance}}: set aside' },
          ],
        }),
        lines({
          title: 'Resident memory',
          description: 'What the operating system counts, and what a container is limited by.',
          unit: 'bytes',
          queries: [{ expr: `process_resident_memory_bytes{${of}}`, legend: '{{instance}}' }],
        }),
        lines({
          title: 'Outside the heap',
          description: 'Buffers and what native code holds.',
          unit: 'bytes',
          queries: [{ expr: `nodejs_external_memory_bytes{${of}}`, legend: '{{instance}}' }],
        }),
        lines({
          title: 'Open files',
          description: 'File descriptors, sockets among them, and how many there may be.',
          unit: 'short',
          queries: [
            { expr: `process_open_fds{${of}}`, legend: '{{instance}}' },
            { expr: `min(process_max_fds{${of}})`, legend: 'limit' },
          ],
        }),
      ],
    },
  ],
});
