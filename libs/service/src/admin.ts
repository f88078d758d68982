import Fastify, { type FastifyInstance } from 'fastify';
import type { Health } from './health.ts';
import { httpComponent } from './http-component.ts';
import { levelChange, LogLevel } from './log-level.ts';
import type { Component } from './run.ts';
import type { Telemetry } from './telemetry.ts';

export interface AdminOptions {
  /** host:port to listen on; port 0 takes a free one. */
  readonly address: string;
  readonly telemetry: Telemetry;
  readonly health: Health;
  /** What `/config` shows; its secrets show themselves as such. */
  readonly config: object;
}

/**
 * The port for operators: `/livez`, `/readyz`, `/metrics`, `/log-level`, `/config`. It has no authentication and must
 * never be public.
 */
export function adminPort(options: AdminOptions): Component {
  return httpComponent('admin port', adminRoutes(options), { address: options.address, log: options.telemetry.log });
}

/** The routes of the admin port, not listening. */
export function adminRoutes({ telemetry, health, config }: AdminOptions): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  const level = new LogLevel(telemetry.log);

  app.get('/livez', () => ({ live: true }));
  app.get('/readyz', async (_request, reply) => {
    const readiness = await health.readiness();
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(telemetry.metrics.contentType).send(await telemetry.metrics.metrics()),
  );
  app.get('/config', () => config);
  app.get('/log-level', () => level.get());
  app.put('/log-level', async (request, reply) => {
    const change = levelChange.safeParse(request.body);
    if (!change.success) return reply.code(400).send({ faults: change.error.issues.map((issue) => issue.message) });
    return level.set(change.data);
  });
  return app;
}
