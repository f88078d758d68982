import { durations, spanIdOf, traceIdOf, traceResponse } from '@ko/middleware';
import type { Telemetry } from '@ko/service';
import { pathOf, statusOf } from '@ko/transport';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Is told of a request when it comes. */
type Observe = (request: FastifyRequest, reply: FastifyReply) => void;

interface Observed {
  readonly peer: string;
  readonly milliseconds: number;
}

/**
 * Writes one line and takes one measurement for every HTTP request that it is told of, when that is over: answered, or given
 * up by its caller. Neither has the query, which may hold what is nobody's business.
 */
export function accessLog({ log, metrics }: Pick<Telemetry, 'log' | 'metrics'>): Observe {
  const duration = durations(metrics, {
    name: 'http_server_request_duration_seconds',
    help: 'How long HTTP requests took until they were answered, or their callers had gone.',
    labelNames: ['method', 'route', 'status'],
  });

  return (request, reply) => {
    const since = performance.now();
    const { ip: peer } = request; // a connection that is closed does not tell any more
    reply.raw.on('close', () => {
      const milliseconds = performance.now() - since;
      if (reply.raw.writableFinished) record(request, reply, { peer, milliseconds });
      // What was under way ends now, and says which trace it was.
      else setImmediate(record, request, reply, { peer, milliseconds });
    });
  };

  function record(request: FastifyRequest, reply: FastifyReply, { peer, milliseconds }: Observed): void {
    const { method, id, headers } = request;
    const { config, url = 'unmatched' } = request.routeOptions;
    const status = isAnswered(request, reply) ? reply.statusCode : statusOf.cancelled;
    const trace = traceOf(reply);
    duration.of(method, config.template ?? url, status).observe(milliseconds / 1000, trace);
    log.info(
      {
        request_id: id,
        trace_id: trace && traceIdOf(trace),
        span_id: trace && spanIdOf(trace),
        method,
        path: pathOf(request.url),
        status,
        duration_ms: Math.round(milliseconds * 100) / 100,
        peer,
        user_agent: headers['user-agent'],
      },
      'access',
    );
  }
}

/** Whether the caller was there for at least the head of the answer: who breaks off what it sends is not. */
function isAnswered({ raw: { complete } }: FastifyRequest, { raw }: FastifyReply): boolean {
  return raw.writableFinished || (raw.headersSent && complete);
}

/** The trace that the answer names. */
function traceOf(reply: FastifyReply): string | undefined {
  const header = reply.getHeader(traceResponse);
  return typeof header === 'string' ? header : undefined;
}
