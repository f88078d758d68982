import type { Registrar } from '@ko/discovery';
import type { Timeout } from '@ko/endpoint';
import type { ConcurrencyLimiter } from '@ko/middleware';
import { withoutSchemas } from '@ko/transport';
import Fastify, { type FastifyInstance } from 'fastify';
import type { ProcessConfig } from './config.ts';
import { exposition } from './exposition.ts';
import type { Health } from './health.ts';
import { httpComponent, type HttpComponent } from './http-component.ts';
import { levelChange, LogLevel } from './log-level.ts';
import type { Neighbour } from './neighbour.ts';
import type { Telemetry } from './telemetry.ts';

/** What operators can look at. */
export interface AdminSubjects {
  readonly telemetry: Telemetry;
  readonly health: Health;
  /** What `/config` shows; its secrets show themselves as such. */
  readonly config: object;
  readonly neighbours?: readonly Neighbour[];
  readonly registrar?: Registrar | undefined;
  readonly limiter?: ConcurrencyLimiter | undefined;
  readonly timeouts?: readonly Timeout[];
}

/** The port for operators, and for nobody else: it has no authentication and must never be public. `/` lists its pages. */
export function adminPort(subjects: AdminSubjects & { readonly config: ProcessConfig }): HttpComponent {
  const { config, telemetry } = subjects;
  return httpComponent('admin port', adminRoutes(subjects), { address: config.ADMIN_ADDRESS, log: telemetry.log });
}

/** The routes of the admin port, not listening. */
export function adminRoutes(subjects: AdminSubjects): FastifyInstance {
  const { telemetry, health, config, registrar, limiter, timeouts = [] } = subjects;
  const app = Fastify({ ...withoutSchemas, forceCloseConnections: true });
  const pages: string[] = [];
  app.addHook('onRoute', ({ method, url }) => void pages.push(`${String(method)} ${url}`));

  app.get('/', () => pages.filter((page) => !page.startsWith('HEAD')));
  app.get('/livez', () => ({ live: true }));
  app.get('/readyz', async (_request, reply) => {
    const readiness = await health.readiness();
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });
  app.get('/metrics', async ({ headers }, reply) => {
    const { type, body } = await exposition(telemetry.metrics, headers.accept);
    return reply.type(type).send(body);
  });
  app.get('/config', () => config);
  app.get('/timeouts', () => timeouts);
  app.get('/limits', () => limiter?.state ?? {});
  app.get(
    '/registration',
    () => registrar?.state ?? { fault: 'REGISTRY_URL is not set: nobody registers this process' },
  );
  logLevelRoutes(app, new LogLevel(telemetry.log));
  neighbourRoutes(app, subjects.neighbours ?? []);
  return app;
}

function logLevelRoutes(app: FastifyInstance, level: LogLevel): void {
  app.get('/log-level', () => level.get());
  app.put('/log-level', async (request, reply) => {
    const change = levelChange.safeParse(request.body);
    if (!change.success) return reply.code(400).send({ faults: change.error.issues.map((issue) => issue.message) });
    return level.set(change.data);
  });
}

interface NeighbourRoute {
  readonly Params: { readonly service: string };
  readonly Querystring: { readonly address?: string };
}

function neighbourRoutes(app: FastifyInstance, neighbours: readonly Neighbour[]): void {
  app.get('/neighbours', () => Object.fromEntries(neighbours.map(({ service, view }) => [service, shown(view)])));
  app.post<NeighbourRoute>('/neighbours/:service/reset', async ({ params, query }, reply) => {
    const neighbour = neighbours.find(({ service }) => service === params.service);
    if (neighbour === undefined) return reply.code(404).send({ faults: [`there is no neighbour ${params.service}`] });
    return { closed: neighbour.reset(query.address) };
  });
}

/** The view with times for people. */
function shown({ confirmed, instances, ...view }: Neighbour['view']): object {
  const time = (milliseconds: number): string => new Date(milliseconds).toISOString();
  return {
    ...view,
    age_seconds: confirmed === undefined ? undefined : (Date.now() - confirmed) / 1000,
    instances: instances.map(({ circuit, ...instance }) => ({
      ...instance,
      circuit: {
        ...circuit,
        ...('since' in circuit && { since: time(circuit.since) }),
        ...('nextProbe' in circuit && { nextProbe: time(circuit.nextProbe) }),
      },
    })),
  };
}
