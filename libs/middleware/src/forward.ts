import type { Context, Middleware } from '@ko/endpoint';

export interface ForwardOptions {
  /** Names of the request's metadata that go on with the call. */
  readonly request?: readonly string[];
  /** Names of the answer's metadata that go back to the request's caller. */
  readonly response?: readonly string[];
}

/** Lets named metadata pass between the request at hand and a call made for it. Nothing else does. */
export function forward({ request: names = [], response: relayed = [] }: ForwardOptions = {}): Middleware {
  return (next) => {
    if (relayed.length === 0) return (request, context) => next(request, forwarded(context, names));
    return async (request, context) => {
      const call = forwarded(context, names);
      const response = await next(request, call);
      for (const name of relayed) {
        const value = call.reply.get(name);
        if (value !== undefined) context.reply.set(name, value);
      }
      return response;
    };
  };
}

/** The context of the call: what it takes along, and a reply of its own. */
function forwarded<C extends Context>(context: C, names: readonly string[]): C {
  const taken: Record<string, string> = {};
  for (const name of names) {
    const value = context.metadata[name];
    if (value !== undefined) taken[name] = value;
  }
  return { ...context, outgoing: Object.assign(taken, context.outgoing), reply: new Map() };
}
