import { durations, spanIdOf, traceIdOf, traceResponse } from '@ko/middleware';
import type { Telemetry } from '@ko/service';
import { statusOf } from '@ko/transport';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

interface Observed {
  readonly peer: string;
  readonly milliseconds: number;
}

/**
 * One line and one measurement for every HTTP request, also those that no endpoint sees: refused by a limit, unknown, asked
 * of the docs; and those whose caller goes before the answer. Neither has the query, which may hold what is nobody's business.
 */
export function accessLog(app: FastifyInstance, { log, metrics }: Pick<Telemetry, 'log' | 'metrics'>): void {
  const duration = durations(metrics, {
    name: 'http_server_request_duration_seconds',
    help: 'How long HTTP requests took until they were answered, or their callers had gone.',
    labelNames: ['method', 'route', 'status'],
  });

  app.addHook('onRequest', (request, reply, done) => {
    const since = performance.now();
    const { ip: peer } = request; // a connection that is closed does not tell any more
    reply.raw.on('close', () => {
      const milliseconds = performance.now() - since;
      if (reply.raw.writableFinished) record(request, reply, { peer, milliseconds });
      // What was under way ends now, and says which trace it was.
      else setImmediate(record, request, reply, { peer, milliseconds });
    });
    done();
  });

  function record(request: FastifyRequest, reply: FastifyReply, { peer, milliseconds }: Observed): void {
    const { method, id, headers } = request;
    const { config, url = 'unmatched' } = request.routeOptions;
    const status = reply.raw.headersSent ? reply.statusCode : statusOf.cancelled;
    const trace = traceOf(reply);
    duration.of(method, config.template ?? url, status).observe(milliseconds / 1000, trace);
    log.info(
      {
        request_id: id,
        trace_id: trace && traceIdOf(trace),
        span_id: trace && spanIdOf(trace),
        method,
        path: request.url.replace(/[?#].*$/, ''),
        status,
        duration_ms: Math.round(milliseconds * 100) / 100,
        peer,
        user_agent: headers['user-agent'],
      },
      'access',
    );
  }
}

/** The trace that the answer names. */
function traceOf(reply: FastifyReply): string | undefined {
  const header = reply.getHeader(traceResponse);
  return typeof header === 'string' ? header : undefined;
}
