import type { DescService } from '@bufbuild/protobuf';
import { OrderService } from '@ko/contracts/order';
import { AuthService, UserService } from '@ko/contracts/user';

interface Upstream {
  /** How to find it where the environment does not say, as in `USER_URL`. */
  readonly url: string;
  /** What the gateway publishes of it. */
  readonly contracts: readonly DescService[];
}

/** The services behind the gateway. */
export const upstreams = {
  user: { url: 'static:127.0.0.1:50051', contracts: [UserService, AuthService] },
  order: { url: 'static:127.0.0.1:50052', contracts: [OrderService] },
} satisfies Readonly<Record<string, Upstream>>;

export type UpstreamName = keyof typeof upstreams;

export const upstreamNames = Object.keys(upstreams) as readonly UpstreamName[]; // Those are its keys.

/** One thing for each upstream, by its name. */
export function forEachUpstream<T>(make: (name: UpstreamName) => T): Readonly<Record<UpstreamName, T>> {
  return Object.fromEntries(upstreamNames.map((name) => [name, make(name)])) as Record<UpstreamName, T>; // All names have one.
}
