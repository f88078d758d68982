import { durationBuckets, observe, parseTraceResponse, traceResponse } from '@ko/middleware';
import type { Telemetry } from '@ko/service';
import type { FastifyInstance } from 'fastify';
import { Histogram } from 'prom-client';

/**
 * One line and one measurement for every HTTP request, also those that no endpoint sees: refused by a limit, unknown, asked
 * of the docs. Neither has the query, which may hold what is nobody's business.
 */
export function accessLog(app: FastifyInstance, { log, metrics }: Pick<Telemetry, 'log' | 'metrics'>): void {
  const duration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'How long HTTP requests took until they were answered.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: durationBuckets,
    enableExemplars: true,
    registers: [metrics],
  });
  // None of the fields holds a secret: there is nothing to look for in them.
  const lines = log.child({}, { redact: { paths: [] } });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, id, ip, headers } = request;
    const { statusCode: status, elapsedTime } = reply;
    const { config, url = 'unmatched' } = request.routeOptions;
    const route = config.template ?? url;
    const span = parseTraceResponse(reply.getHeader(traceResponse));
    observe(duration, { labels: { method, route, status }, seconds: elapsedTime / 1000, span });
    lines.info(
      {
        request_id: id,
        trace_id: span?.traceId,
        span_id: span?.spanId,
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
