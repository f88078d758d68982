import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { banner } from './banner.ts';
import { aborted, interrupts } from './interrupts.ts';
import { layOut } from './layout.ts';
import type { Options } from './options.ts';
import { root } from './root.ts';
import { sample } from './seed.ts';
import { services } from './services.ts';
import { startSystem } from './start-system.ts';
import { openTerminal } from './terminal.ts';

/** Runs the whole system until it is told to stop, and leaves nothing of it running. */
export async function runSystem(options: Options): Promise<void> {
  const { stop, force } = interrupts();
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
  const names = layOut(services, options).instances.map(({ name }) => name);
  const terminal = openTerminal([...names, ...(options.discovery === 'consul' ? ['consul'] : [])]);

  try {
    await using system = await startSystem({ ...options, report: terminal, signal: stop });
    force.addEventListener('abort', () => system.kill());
    const missing = await Promise.race([system.ready, aborted(stop)]);
    if (missing !== undefined) {
      const { instances, postgres, consul } = system;
      terminal.text(banner({ instances, postgres, consul, sample, missing }));
    }
    await aborted(stop);
  } catch (error) {
    if (!stop.aborted || error !== stop.reason) throw error;
  }
}
