import type { Metadata, Middleware } from '@ko/endpoint';

export interface ForwardOptions {
  /** Names of the request's metadata that go on with the call. */
  readonly request?: readonly string[];
  /** Names of the answer's metadata that go back to the request's caller. */
  readonly response?: readonly string[];
}

/** Lets named metadata pass between the request at hand and a call made for it. Nothing else does. */
export function forward({ request: names = [], response: relayed = [] }: ForwardOptions = {}): Middleware {
  return (next) => async (request, context) => {
    const outgoing = { ...pick(context.metadata, names), ...context.outgoing };
    const reply = new Map<string, string>();
    const response = await next(request, { ...context, outgoing, reply });
    for (const name of relayed) {
      const value = reply.get(name);
      if (value !== undefined) context.reply.set(name, value);
    }
    return response;
  };
}

function pick(metadata: Metadata, names: readonly string[]): Metadata {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = metadata[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
