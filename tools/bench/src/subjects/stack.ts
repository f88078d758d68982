import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDatabase, migrate, startEmbeddedPostgres } from '@ko/data';
import { wireFormat } from '../http-request.ts';
import type { RunningProgram } from '../running-program.ts';
import type { Site } from '../site.ts';
import { checkOf, startProgram, type Target } from '../target.ts';
import { untilAnswered } from '../until.ts';
import { root } from './own.ts';
import { signUp, type SignedUp } from './sign-up.ts';
import { planStack, type StackPlan, type StackShape } from './stack-plan.ts';

/** The whole system on databases of its own. */
export interface Stack {
  plan(shape: StackShape): StackPlan;
  /** Starts the system in one more shape, on the same databases, for reading a user or writing an order. */
  target(shape: StackShape, kind: 'read' | 'write'): Promise<Target>;
}

const customers = 20;
const lines = ['TEA-1', 'POT-1'].map((sku) => ({
  sku,
  quantity: 2,
  unitPrice: { currencyCode: 'EUR', units: '4', nanos: 500_000_000 },
}));

/** Starts Postgres. Customers sign up with the first shape that is started. */
export async function startStack(site: Site, stack: AsyncDisposableStack): Promise<Stack> {
  const databases = await startDatabases(site, stack);
  const secret = randomBytes(32).toString('hex');
  const plan = (shape: StackShape) => planStack(shape, { secret, ports: site.ports, databaseUrl: databases.url });
  let known: readonly SignedUp[] | undefined;

  return {
    plan,
    async target(shape, kind) {
      const { port, programs } = plan(shape);
      const running: Record<string, RunningProgram> = {};
      for (const [part, { program }] of Object.entries(programs)) {
        running[part] = startProgram(program, site, stack, part === 'gateway' ? 'front' : 'back');
      }
      const check = checkOf(Object.values(running));
      known ??= await signUp(port, customers, check);
      const headers = { authorization: `Bearer ${known[0]?.token ?? ''}` };
      for (const path of ['users/me', 'orders']) {
        await untilAnswered(`http://127.0.0.1:${port}/v1/${path}`, { headers }, { check });
      }
      return {
        name: shape,
        port,
        requests: known.map((customer) => wireFormat(requestOf(customer, kind))),
        parts: {
          // What is started last is asked first.
          ...Object.fromEntries(
            Object.entries(running)
              .map(([part, { pid }]) => [part, [pid]] as const)
              .reverse(),
          ),
          postgres: [databases.pid],
        },
        check,
      };
    },
  };
}

function requestOf({ name, token }: SignedUp, kind: 'read' | 'write') {
  return kind === 'read'
    ? ({ method: 'GET', path: `/v1/${name}`, token } as const)
    : ({ method: 'POST', path: '/v1/orders', token, body: { lines } } as const);
}

interface Databases {
  readonly pid: number;
  url(service: string): string;
}

async function startDatabases({ folder, cores, ports }: Site, stack: AsyncDisposableStack): Promise<Databases> {
  const [port = 0] = ports(1);
  const directory = mkdtempSync(join(folder, 'postgres-'));
  const server = stack.adopt(await startEmbeddedPostgres({ directory, port }), (one) => one.stop());
  const pid = Number.parseInt(readFileSync(join(directory, 'postmaster.pid'), 'utf8'), 10);
  spawnSync('taskset', ['-a', '-c', '-p', String(cores.back), String(pid)]); // Where there is none, it runs anywhere.
  for (const app of ['user', 'order']) {
    await ensureDatabase(server.url(app));
    await migrate(server.url(app), join(root, 'apps', app, 'prisma'));
  }
  return { pid, url: (service) => server.url(service) };
}
