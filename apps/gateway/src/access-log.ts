import { durations, spanIdOf, traceIdOf, traceResponse } from '@ko/middleware';
import type { Telemetry } from '@ko/service';
import type { FastifyInstance, FastifyReply } from 'fastify';

/**
 * One line and one measurement for every HTTP request, also those that no endpoint sees: refused by a limit, unknown, asked
 * of the docs. Neither has the query, which may hold what is nobody's business.
 */
export function accessLog(app: FastifyInstance, { log, metrics }: Pick<Telemetry, 'log' | 'metrics'>): void {
  const duration = durations(metrics, {
    name: 'http_server_request_duration_seconds',
    help: 'How long HTTP requests took until they were answered.',
    labelNames: ['method', 'route', 'status'],
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, id, ip, headers } = request;
    const { statusCode: status, elapsedTime } = reply;
    const { config, url = 'unmatched' } = request.routeOptions;
    const trace = traceOf(reply);
    duration.of(method, config.template ?? url, status).observe(elapsedTime / 1000, trace);
    log.info(
      {
        request_id: id,
        trace_id: trace && traceIdOf(trace),
        span_id: trace && spanIdOf(trace),
        method,
        path: request.url.replace(/[?#].*$/, ''),
        status,
        duration_ms: Math.round(elapsedTime * 100) / 100,
        peer: ip,
        user_agent: headers['user-agent'],
      },
      'access',
    );
    done();
  });
}

/** The trace that the answer names. */
function traceOf(reply: FastifyReply): string | undefined {
  const header = reply.getHeader(traceResponse);
  return typeof header === 'string' ? header : undefined;
}
