import { pathOf } from './path-template.ts';

/** The paths of a Fastify server, and the methods that each knows. */
export class KnownPaths {
  readonly #routes: { readonly methods: readonly string[]; readonly pattern: RegExp }[] = [];

  add(method: string | readonly string[], url: string): void {
    // A route for every path says nothing about any.
    if (url === '*' || url === '/*') return;
    this.#routes.push({ methods: typeof method === 'string' ? [method] : method, pattern: patternOf(url) });
  }

  /** The methods that a URL's path knows, none when the path is unknown. */
  methods(url: string): readonly string[] {
    const path = pathOf(url);
    const known = this.#routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);
    return [...new Set(known)].sort();
  }
}

/** From the router's notation: `::` for a colon, `:name`, `:name(pattern)`, and `*` at the end. */
function patternOf(url: string): RegExp {
  const source = url.replace(/::|:\w+(?:\(([^()]*)\))?|\*|[.+?^${}()|[\]\\]/g, (part, pattern: string | undefined) => {
    if (part === '::') return ':';
    if (part === '*') return '.*';
    return part.startsWith(':') ? `(?:${pattern ?? '[^/]+'})` : `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}
