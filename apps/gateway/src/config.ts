import { accessConfig, neighbourUrls, processConfig } from '@ko/service';
import { z } from 'zod';
import { upstreams } from './upstreams.ts';

const list = z.string().transform((value) => value.split(',').flatMap((item) => item.trim() || []));

/** The environment of the gateway, wherever the services run. */
export const edgeConfig = z.object({
  ...processConfig.shape,
  ...accessConfig.shape,
  /** Where HTTP listens: host:port. */
  HTTP_ADDRESS: z
    .string()
    .regex(/^.+:\d+$/, 'host:port')
    .default('127.0.0.1:8080'),
  /** Whether other gateways may listen on the same port; the kernel spreads connections over them. Not on every platform. */
  REUSE_PORT: z.stringbool().default(false),
  /** Addresses or networks of the proxies in front, separated by commas. Only they may say who the client is. */
  TRUSTED_PROXIES: list.default([]),
  /** Origins whose pages may call from a browser, separated by commas; `*` for all. */
  CORS_ORIGINS: list.default([]),
  /** Bytes of a request body at most. */
  BODY_LIMIT: z.coerce.number().int().min(0).default(1_048_576),
  /** Bytes of all request headers together at most. */
  HEADER_LIMIT: z.coerce.number().int().min(1_024).default(16_384),
  /** Requests per minute from one client. */
  RATE_LIMIT: z.coerce.number().int().min(1).default(600),
  /** Requests per minute from one client to each method that takes a password. */
  PASSWORD_RATE_LIMIT: z.coerce.number().int().min(1).default(30),
});

export type EdgeConfig = z.infer<typeof edgeConfig>;

/** The environment of the gateway as a process of its own: `USER_URL` and the like say how to find the services. */
export const gatewayConfig = z.object({ ...edgeConfig.shape, ...neighbourUrls(upstreams) });
