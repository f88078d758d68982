import type { DescMethod } from '@bufbuild/protobuf';
import { StatusError, type Context, type Middleware } from '@ko/endpoint';
import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { nameOf } from './method-name.ts';

export interface RateLimitOptions {
  /** Who is limited: calls of one key count together. By default a peer's calls of one method. */
  readonly key?: (context: Context, method: DescMethod) => string;
}

/** Refuses calls that are more than the limiter allows: `resource_exhausted`, with the time to wait. */
export function rateLimit(limiter: RateLimiterAbstract, options: RateLimitOptions = {}): Middleware {
  const { key = byPeer } = options;

  return (next, method) => async (request, context) => {
    try {
      await limiter.consume(key(context, method));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const retryAfter = error.msBeforeNext;
      throw new StatusError('resource_exhausted', 'too many calls', {
        reason: 'RATE_LIMITED',
        retryAfter,
        cause: error,
      });
    }
    return next(request, context);
  };
}

function byPeer({ peer }: Context, method: DescMethod): string {
  return `${nameOf(method)} ${peer}`;
}
