import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sample } from '@ko/stack';
import { family, runs } from '../machine.ts';
import type { Site } from '../site.ts';
import { startProgram } from '../target.ts';
import { untilAnswered } from '../until.ts';
import { noLimits, root } from './own.ts';

/** Types `npm start`, and stops it again. Resolves to the milliseconds until somebody could sign in. */
export async function npmStart({ folder, cores, ports }: Site, data: string): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const [port = 0] = ports(10);
  const args = ['start', '--', '--port', String(port), '--data', join(folder, data)];
  const since = performance.now();
  const program = startProgram(
    { name: 'npm-start', command: 'npm', args, env: noLimits, cwd: root },
    { folder, cores },
    stack,
  );
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(sample),
  };
  const check = (): void => {
    if (program.hasEnded) throw new Error(`npm start has ended:\n${program.lastWords}`);
  };
  await untilAnswered(`http://127.0.0.1:${port}/v1/sessions`, request, { every: 20, check });
  const taken = performance.now() - since;
  const all = family(program.pid);
  await program.stop();
  while (all.some(runs)) await delay(50);
  return taken;
}
