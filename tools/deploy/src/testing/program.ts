import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProgramOptions {
  readonly args: readonly string[];
  /** Answers with 200 once the program is ready. */
  readonly readyUrl: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const patience = 20_000;

/** Starts a server. Resolves when it is ready, rejects with what it printed when it ends instead. */
export async function startProgram(program: string, options: ProgramOptions): Promise<AsyncDisposable> {
  const { args, readyUrl, environment = {} } = options;
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...environment } });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += String(chunk)));
  const ended = once(child, 'close');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const late = Date.now() + patience;
  while (!(await isReady(readyUrl))) {
    if (child.exitCode !== null || Date.now() > late) {
      await stop();
      throw new Error(`${program} did not start:\n${output}`);
    }
    await delay(100);
  }
  return { [Symbol.asyncDispose]: stop };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false; // Nobody listens yet.
  }
}
