import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { banner } from './banner.ts';
import { aborted, interrupts } from './interrupts.ts';
import { layOut } from './layout.ts';
import type { Options } from './options.ts';
import { onOtherServices } from './other-services.ts';
import { root } from './root.ts';
import { sample } from './sample.ts';
import { services } from './services.ts';
import { startSystem } from './start-system.ts';
import { openTerminal } from './terminal.ts';

/**
 * Runs the whole system until it is told to stop, and leaves nothing of it running. Resolves to whether it is to be started
 * again, having other services than when it started.
 */
export async function runSystem(options: Options): Promise<boolean> {
  const { stop, force } = interrupts();
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
  const names = layOut(services, options).instances.map(({ name }) => name);
  const others = new AbortController();
  const ended = AbortSignal.any([stop, others.signal]);
  const over = new AbortController();
  const terminal = openTerminal([...names, ...(options.discovery === 'consul' ? ['consul'] : [])]);

  if (options.watch) {
    onOtherServices(root, AbortSignal.any([ended, over.signal]), () => {
      terminal.news('the list of services has changed: all of it restarts');
      others.abort();
    });
  }

  try {
    await using system = await startSystem({ ...options, report: terminal, signal: ended });
    force.addEventListener('abort', () => system.kill());
    const missing = await Promise.race([system.ready, aborted(ended)]);
    if (missing !== undefined) {
      const { instances, postgres, consul } = system;
      terminal.text(banner({ instances, postgres, consul, sample, missing }));
    }
    await aborted(ended);
  } catch (error) {
    if (!ended.aborted || error !== ended.reason) throw error;
  } finally {
    over.abort();
  }
  return others.signal.aborted && !stop.aborted;
}
