import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Step } from '@ko/trial';
import { Customer } from './customer.ts';
import { imageSteps } from './image-steps.ts';
import { docker, type Stack } from './stack.ts';
import { treeOf, type Trace } from './trace-tree.ts';
import { until } from './until.ts';

interface Target {
  readonly labels: { readonly job: string; readonly instance: string };
  readonly health: string;
  readonly lastError: string;
}

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly health: string }[] }[];
}

interface Registered {
  readonly ServiceID: string;
  readonly ServiceMeta: { readonly admin: string };
}

const services = ['gateway', 'user', 'order'];

/** What has to hold for the stack of docker-compose.yml, from nothing to nothing. */
export function stepsOf(stack: Stack): readonly Step[] {
  const traceId = randomBytes(16).toString('hex');
  let customer: Customer;

  return [
    { name: 'the images are built', take: () => stack.compose('build', '--quiet') },
    {
      name: 'everything becomes healthy, the first time, from nothing',
      async take() {
        await stack.compose('up', '--wait', '--wait-timeout', '180');

        const containers = await stack.containers();
        const others = containers.filter(({ State, Health }) => Health !== 'healthy' && State !== 'exited');
        assert.deepEqual(others, []);
        return `${containers.length} containers`;
      },
    },
    {
      name: 'somebody signs up, signs in and orders, through the gateway',
      async take() {
        customer = await Customer.signUp(stack.gateway);
        assert.match(await customer.order(traceId), /^orders\//);
      },
    },
    {
      name: 'the order is one trace, through gateway, order, user and SQL',
      async take() {
        const ask = async () =>
          (await stack.inside(`http://jaeger:16686/api/traces/${traceId}`)) as {
            readonly data: readonly Trace[] | null;
          };
        // Each process sends its spans by itself, whenever it has some together.
        const tree = await until(20, async () => ((await ask()).data ?? []).flatMap(treeOf), isWhole);
        return `\n${tree.map((line) => `               ${line}`).join('\n')}`;
      },
    },
    {
      name: 'its id finds the lines of all three in the log store',
      async take() {
        for (const service of services) {
          const query = encodeURIComponent(`{service_name="${service}"} | trace_id="${traceId}"`);
          const ask = async () => stack.inside(`http://loki:3100/loki/api/v1/query_range?query=${query}`);
          await until(20, ask, (answer) => (answer as { data: { result: unknown[] } }).data.result.length > 0);
        }
      },
    },
    {
      name: 'Prometheus sees all of them, and evaluates its rules',
      async take() {
        const targets = async () =>
          ((await stack.askPrometheus('targets')) as { activeTargets: Target[] }).activeTargets;
        const jobs = [...services, 'postgres', 'prometheus'];
        const up = (all: readonly Target[]) =>
          all.filter(({ health }) => health === 'up').map(({ labels }) => labels.job);
        const found = await until(
          60,
          targets,
          (all) => jobs.every((job) => up(all).includes(job)) && up(all).length === all.length,
        );
        const rules = async () =>
          ((await stack.askPrometheus('rules')) as Rules).groups.flatMap((group) => group.rules);
        const all = await until(60, rules, (known) => known.length > 0 && known.every(({ health }) => health === 'ok'));
        return `${found.length} targets, ${all.length} rules`;
      },
    },
    {
      name: 'three instances of user and two of order register, and all take calls',
      async take() {
        await stack.compose('up', '--wait', '--no-recreate', '--scale', 'user=3', '--scale', 'order=2');
        const instances = { user: 3, order: 2 };
        const calls = async () => {
          await customer.order(randomBytes(16).toString('hex'));
          return (await Promise.all(Object.keys(instances).map((name) => callsOf(stack, name)))).flat();
        };
        const isSpread = (counts: readonly number[]) => counts.length === 5 && counts.every((count) => count > 0);
        return `calls of each: ${(await until(60, calls, isSpread)).join(', ')}`;
      },
    },
    {
      name: 'an instance of each service is killed, and no read fails',
      async take() {
        const [user, order] = await Promise.all([stack.containers('user'), stack.containers('order')]);
        const { reads, failed } = await customer.readWhile(async () => {
          for (const container of [user[0], order[0]]) await docker(['kill', container?.ID ?? '']);
          const passing = async () => stack.inside('http://consul:8500/v1/health/service/user?passing=true');
          await until(30, passing, (known) => (known as readonly unknown[]).length === 2);
        });
        assert.deepEqual(failed, []);
        return `${reads} reads`;
      },
    },
    {
      name: 'one that is told to stop finishes its work in time',
      async take() {
        const [, container] = await stack.containers('user');
        const id = container?.ID ?? '';
        const { reads, failed } = await customer.readWhile(() => docker(['stop', '--time', '30', id]));
        assert.deepEqual(failed, []);
        assert.equal((await docker(['inspect', '--format', '{{.State.ExitCode}}', id])).trim(), '0');
        return `${reads} reads`;
      },
    },
    {
      name: 'what is lost comes back from a backup',
      async take() {
        const psql = ['exec', '--no-TTY', '--user', 'postgres', 'postgres'];
        const before = await customer.orders();
        await stack.compose(...psql, 'pg_dump', '--format=custom', '--file=/tmp/order.dump', 'order');
        await stack.compose(...psql, 'psql', '--quiet', '--command=TRUNCATE orders CASCADE', 'order');
        assert.equal(await customer.orders(), 0);
        await stack.compose(...psql, 'pg_restore', '--clean', '--if-exists', '--dbname=order', '/tmp/order.dump');
        assert.ok(before > 0);
        assert.equal(await customer.orders(), before);
      },
    },
    {
      name: 'the password of a database is changed',
      async take() {
        const url = ['exec', '--no-TTY', 'order', 'cat', '/run/secrets/database_url'];
        const before = await stack.compose(...url);
        await stack.compose('run', '--rm', 'secrets', 'rm', '/secrets/order/database_url');
        await stack.compose('up', '--wait', '--force-recreate', 'secrets', 'order-database', 'order');
        assert.notEqual(await stack.compose(...url), before);
        assert.ok((await customer.orders()) > 0);
      },
    },
    ...imageSteps(stack),
    {
      name: 'what it takes',
      async take() {
        const ids = (await stack.containers()).filter(({ State }) => State === 'running').map(({ ID }) => ID);
        const lines = await docker(['stats', '--no-stream', '--format', '{{.Name}} {{.MemUsage}}', ...ids]);
        return `\n${lines.trim().replaceAll(`${stack.project}-`, '').replace(/^/gm, '               ')}`;
      },
    },
    {
      name: 'all processes end in time, though some of their neighbours have gone without a word',
      async take() {
        const running = (await stack.containers(...services)).filter(({ State }) => State === 'running');
        await stack.compose('stop');
        const ids = running.map(({ ID }) => ID);
        const codes = await docker(['inspect', '--format', '{{.State.ExitCode}}', ...ids]);
        assert.deepEqual(
          codes.trim().split('\n'),
          ids.map(() => '0'),
        );
      },
    },
    {
      name: 'down leaves nothing',
      async take() {
        await stack.compose('down', '--volumes');
        assert.deepEqual(await stack.traces(), []);
      },
    },
  ];
}

/** Whether the trace of an order goes through all that takes part in it, each within the one before. */
function isWhole(tree: readonly string[]): boolean {
  const parts = [
    /^gateway .*CreateOrder$/,
    / order .*CreateOrder$/,
    / user .*GetUser$/,
    / user prisma:client:db_query$/,
  ];
  const depths = parts.map((part) => tree.find((line) => part.test(line))?.search(/\S/) ?? -1);
  const roots = tree.filter((line) => !line.startsWith(' '));
  return roots.length === 1 && depths.every((depth, index) => depth > (depths[index - 1] ?? -1));
}

/** How many calls each instance of a service in Consul's catalogue has served. */
async function callsOf(stack: Stack, service: string): Promise<readonly number[]> {
  const known = (await stack.inside(`http://consul:8500/v1/catalog/service/${service}`)) as readonly Registered[];
  const query = encodeURIComponent(`sum by (instance) (rpc_server_duration_seconds_count{job="${service}"})`);
  const { result } = (await stack.askPrometheus(`query?query=${query}`)) as {
    readonly result: readonly {
      readonly metric: { readonly instance: string };
      readonly value: readonly [number, string];
    }[];
  };
  return known.map(({ ServiceMeta: { admin } }) =>
    Number(result.find(({ metric }) => metric.instance === admin)?.value[1] ?? 0),
  );
}
