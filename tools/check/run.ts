import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** What came of one step. */
export interface Outcome {
  readonly result: 'passed' | 'failed' | 'skipped';
  readonly output: string;
  /** What a reader should know even if all is well. */
  readonly note?: string;
}

/** Runs a program of node_modules/.bin, or of the machine, and collects what it prints. */
export function run(program: string, args: readonly string[], cwd: string = root): Promise<Outcome> {
  const env = {
    ...process.env,
    CHECKPOINT_DISABLE: '1',
    ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
  };

  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ result: code === 0 ? 'passed' : 'failed', output });
    });
  });
}
