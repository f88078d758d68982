import { isStream, type Middleware } from '@ko/endpoint';
import type { Judge } from './judge.ts';
import { compileRules } from './rules.ts';

/**
 * Refuses requests that break the field rules of their contract (`buf.validate`), naming all that is wrong.
 *
 * Most are seen to keep them at a glance. Whatever is not is left to a judge, who is sent for when first needed, or at once
 * where a contract has rules of another kind: then rules that cannot be understood end the process at its start.
 */
export function validation(): Middleware {
  let sent: Promise<Judge> | undefined;
  const judge = (): Promise<Judge> => (sent ??= import('./judge.ts').then(({ Judge }) => new Judge()));

  return (next, { input }) => {
    const rules = compileRules(input);
    if (rules === undefined) return next;
    const { check, isComplete } = rules;
    if (!isComplete) void judge().then((one) => one.read(input));

    const refuseBroken = async (request: unknown): Promise<void> => {
      const fault = (await judge()).faultOf(request, input);
      if (fault !== undefined) throw fault;
    };
    async function* checked(requests: AsyncIterable<unknown>): AsyncGenerator {
      for await (const request of requests) {
        if (!check(request)) await refuseBroken(request);
        yield request;
      }
    }
    return (request, context) => {
      if (isStream(request)) return next(checked(request) as unknown as typeof request, context);
      return check(request) ? next(request, context) : refuseBroken(request).then(() => next(request, context));
    };
  };
}
