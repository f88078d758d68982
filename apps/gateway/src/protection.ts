import type { DescMethod } from '@bufbuild/protobuf';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { AuthService, UserService } from '@ko/contracts/user';
import { StatusError } from '@ko/endpoint';
import { traceResponse } from '@ko/middleware';
import type { FastifyInstance } from 'fastify';
import type { EdgeConfig } from './config.ts';

/** Methods that check or set a password: dear to the server, and what guessing would call. */
const passwordMethods: ReadonlySet<DescMethod> = new Set([AuthService.method.signIn, UserService.method.createUser]);

const window = 60_000;

/**
 * What stands before every route: security headers, CORS, and limits by client and by route, whose state each answer
 * tells in `RateLimit-*` headers. The limits count in this process.
 */
export async function protect(
  app: FastifyInstance,
  config: Pick<EdgeConfig, 'CORS_ORIGINS' | 'RATE_LIMIT' | 'PASSWORD_RATE_LIMIT'>,
): Promise<void> {
  await app.register(helmet, { crossOriginResourcePolicy: false });
  await app.register(cors, {
    origin: config.CORS_ORIGINS.includes('*') ? '*' : [...config.CORS_ORIGINS],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'x-request-id',
      'retry-after',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
      traceResponse,
    ],
    maxAge: 600,
  });
  app.addHook('onRoute', (route) => {
    const method = route.config?.rpc;
    if (method !== undefined && passwordMethods.has(method)) {
      route.config = { ...route.config, rateLimit: { max: config.PASSWORD_RATE_LIMIT, timeWindow: window } };
    }
  });
  await app.register(rateLimit, {
    max: config.RATE_LIMIT,
    timeWindow: window,
    enableDraftSpec: true,
    errorResponseBuilder: (_request, { ttl, max }) =>
      new StatusError('resource_exhausted', `more than ${String(max)} requests in a minute`, {
        reason: 'RATE_LIMITED',
        retryAfter: ttl,
      }),
  });
}
