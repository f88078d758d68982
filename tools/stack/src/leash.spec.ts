import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import type { Program } from './supervised-process.ts';
import { isAlive } from './testing/programs.ts';

describe('a process whose supervisor was killed', () => {
  test('stops when it is one of ours', async () => {
    const source = 'console.log(process.pid); setInterval(() => {}, 1000);';
    const { supervisor, pid } = await supervised({ name: 'orphan', args: ['--eval', source], env: {} });

    supervisor.kill('SIGKILL');

    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
  });

  test('is ended when it knows nothing of us', async () => {
    const args = ['-c', 'echo $$; exec sleep 60'];
    const { supervisor, pid } = await supervised({ name: 'orphan', command: 'sh', args, env: process.env });

    supervisor.kill('SIGKILL');

    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
  });

  /** A program that prints its process id, below a supervisor in a process of its own. */
  async function supervised(program: Program) {
    const module = JSON.stringify(import.meta.resolve('./supervised-process.ts'));
    const supervisor = spawn(process.execPath, [
      '--input-type=module',
      '--eval',
      `import { SupervisedProcess } from ${module};
       const nothing = () => {};
       const listener = { line: console.log, started: nothing, crashed: nothing, killed: nothing };
       new SupervisedProcess(${JSON.stringify(program)}, listener).start();`,
    ]);
    const [pid] = (await once(createInterface({ input: supervisor.stdout }), 'line')) as [string];
    return { supervisor, pid: Number(pid) };
  }
});
