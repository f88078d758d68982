import type { Tree } from '@nx/devkit';
import type { ProtoRoute } from '../../edit/proto.ts';
import type { Names } from '../../names.ts';
import { Refusal } from '../../refusal.ts';
import { protosIn } from './contracts.ts';
import { streamsRequests, type Stream } from './stream.ts';

interface RouteOptions {
  readonly http?: string | boolean;
  readonly stream: Stream;
  readonly read?: boolean;
  /** Whether the service has routes at all. */
  readonly isPublic: boolean;
  readonly collection: string;
  readonly action: Names;
}

const segment = String.raw`[A-Za-z\d._~-]+`;
const template = new RegExp(String.raw`^(?:/(?:${segment}|\{[\w.]+(?:=[^{}]+)?\}))+(?::[A-Za-z][\w]*)?$`);

/** The route that is asked for, or the usual one. Throws a Refusal for a route that cannot be. */
export function routeOf(options: RouteOptions): ProtoRoute | undefined {
  const { http, stream, read = false, isPublic, collection, action } = options;
  const isRequestStream = streamsRequests(stream);
  if (isRequestStream && http !== undefined && http !== false) {
    throw new Refusal(`HTTP carries no stream of requests: leave --http out, or take --stream=server.`);
  }
  if (http === false || isRequestStream || (http === undefined && !isPublic)) return undefined;
  if (typeof http === 'string') return parsed(http, collection);
  return { verb: read ? 'get' : 'post', path: `/v1/{name=${collection}/*}:${action.camel}` };
}

/** Throws a Refusal when a method of any contract has the route. */
export function requireFreeRoute(tree: Tree, { verb, path }: ProtoRoute): void {
  for (const proto of protosIn(tree)) {
    const holder = proto
      .methods()
      .find(({ routes }) => routes.some((route) => route.verb === verb && shapeOf(route.path) === shapeOf(path)));
    if (holder === undefined) continue;
    throw new Refusal(
      `${holder.service}.${holder.name} has the route ${verb} ${path} already (${proto.path}): name another by --http.`,
    );
  }
}

function parsed(text: string, collection: string): ProtoRoute {
  const [, verb = '', path = ''] = /^(get|post|put|patch|delete)\s+(\S+)$/i.exec(text.trim()) ?? [];
  const example = `--http="post /v1/{name=${collection}/*}:settle"`;
  if (!template.test(path)) {
    throw new Refusal(`'${text}' is no route: give a method and a path, as in ${example}.`);
  }
  for (const [variable] of path.matchAll(/\{[^}]*\}/g)) {
    if (variable === `{name=${collection}/*}`) continue;
    throw new Refusal(`${variable} in '${text}' fills no field of the request: it has {name=${collection}/*} only.`);
  }
  return { verb: verb.toLowerCase(), path };
}

/** What a path matches, whatever its variables are called. */
function shapeOf(path: string): string {
  return path.replace(/\{[^}=]*=([^}]*)\}/g, '$1').replace(/\{[^}]*\}/g, '*');
}
