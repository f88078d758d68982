import { createServer } from 'node:http';
import {
  HttpException,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { tap, type Observable } from 'rxjs';
import { Counter, Histogram, register } from 'prom-client';
import { hostAndPort, variable } from './environment.js';

const labelNames = ['method', 'status'] as const;
const requests = new Counter({ name: 'requests_total', help: 'Requests answered.', labelNames });
const seconds = new Histogram({ name: 'request_seconds', help: 'Seconds until requests were answered.', labelNames });

/** Counts and times what a process answers, by method and status. */
@Injectable()
export class MetricsInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const began = performance.now();
    const method = context.getHandler().name;
    return next.handle().pipe(
      tap({
        complete: () => observe(method, 'ok', began),
        error: (error: unknown) => observe(method, statusOf(error), began),
      }),
    );
  }
}

/** Answers `GET /metrics` at METRICS_ADDRESS. */
export function serveMetrics(): void {
  const { host, port } = hostAndPort(variable('METRICS_ADDRESS'));
  createServer((_request, response) => {
    void register.metrics().then((text) => response.setHeader('content-type', register.contentType).end(text));
  }).listen(port, host);
}

function observe(method: string, status: string, began: number): void {
  requests.inc({ method, status });
  seconds.observe({ method, status }, (performance.now() - began) / 1000);
}

function statusOf(error: unknown): string {
  return error instanceof HttpException ? String(error.getStatus()) : 'error';
}
