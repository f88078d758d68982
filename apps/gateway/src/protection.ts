import type { DescMethod } from '@bufbuild/protobuf';
import cors from '@fastify/cors';
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import { AuthService, UserService } from '@ko/contracts/user';
import { StatusError } from '@ko/endpoint';
import { BoundedCache, traceResponse } from '@ko/middleware';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { EdgeConfig } from './config.ts';

/** Methods that check or set a password: dear to the server, and what guessing would call. */
const passwordMethods: ReadonlySet<DescMethod> = new Set([AuthService.method.signIn, UserService.method.createUser]);

const window = 60_000;

/** Of every answer, after OWASP's REST Security Cheat Sheet: what an API answers is no page. That of the docs says otherwise. */
const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
};

/** Makes an answer one that a browser takes for nothing else. */
export function secure(reply: FastifyReply): void {
  reply.headers(securityHeaders);
}

/** What a page of another origin may read of an answer. */
const exposedHeaders = [
  'x-request-id',
  'retry-after',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  traceResponse,
];

/**
 * What stands before every route: security headers, CORS where other origins may ask, and limits by client and by route. Each
 * answer tells how many requests are left, and a refusal what the limit is and until when. The limits count in this process.
 */
export async function protect(
  app: FastifyInstance,
  config: Pick<EdgeConfig, 'CORS_ORIGINS' | 'RATE_LIMIT' | 'PASSWORD_RATE_LIMIT'>,
): Promise<void> {
  app.addHook('onRequest', (_request, reply, done) => {
    secure(reply);
    done();
  });
  if (config.CORS_ORIGINS.length > 0) {
    await app.register(cors, {
      origin: config.CORS_ORIGINS.includes('*') ? '*' : [...config.CORS_ORIGINS],
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: exposedHeaders.join(', '),
      maxAge: 600,
      strictPreflight: false, // An OPTIONS that asks for nothing is a request like any other.
    });
  }
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
    // Every header has its price, and only who has come to the limit needs to know what it is.
    addHeadersOnExceeding: { 'ratelimit-limit': false, 'ratelimit-reset': false },
    keyGenerator: clients(),
    errorResponseBuilder: (_request, { ttl, max }) =>
      new StatusError('resource_exhausted', `more than ${String(max)} requests in a minute`, {
        reason: 'RATE_LIMITED',
        retryAfter: ttl,
      }),
  });
}

/** Who asks; without an address where the connection was lost as it came. */
interface Reachable {
  readonly ip?: string;
}

/** As many clients as the limits know at a time. */
const knownClients = 5_000;

/**
 * Who asks: an address, or the network (/64) of one of IPv6. To find the network takes as long as much of what else is done
 * for a request, so it is remembered.
 */
function clients(): (request: Reachable) => string {
  const networks = new BoundedCache<string>(knownClients);
  return ({ ip = '' }) => {
    const known = networks.get(ip);
    if (known !== undefined) return known;
    const network = normalizeIP(ip);
    networks.set(ip, network);
    return network;
  };
}
