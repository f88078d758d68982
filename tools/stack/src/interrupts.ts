import { once } from 'node:events';

/** Below `npm run` one Ctrl-C may arrive more than once, so much apart at most. */
const echo = 500;

/** What whoever runs this wants: `stop` aborts at Ctrl-C or SIGTERM, `force` when that comes once more. */
export function interrupts(): { readonly stop: AbortSignal; readonly force: AbortSignal } {
  const stop = new AbortController();
  const force = new AbortController();
  let since = 0;
  const interrupted = (): void => {
    if (!stop.signal.aborted) {
      since = performance.now();
      stop.abort();
    } else if (performance.now() - since > echo) {
      force.abort();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted);
  // Nobody reads any more: the terminal is closed, or a program that got the output has ended.
  process.stdout.on('error', () => stop.abort());
  return { stop: stop.signal, force: force.signal };
}

/** Resolves when the signal aborts. Until then the process does not end by itself. */
export async function aborted(signal: AbortSignal): Promise<void> {
  const alive = setInterval(() => {}, 60_000);
  if (!signal.aborted) await once(signal, 'abort');
  clearInterval(alive);
}
