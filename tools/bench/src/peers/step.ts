import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { UnavailableError } from './peer.ts';

export interface StepOptions {
  readonly cwd: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** How to get the program where there is none. */
  readonly hint?: string;
}

/** Runs a step of an installation, and resolves to what it prints. Rejects with `UnavailableError`. */
export async function step(
  program: string,
  args: readonly string[],
  { cwd, env, hint = '' }: StepOptions,
): Promise<string> {
  const title = [program, ...args.slice(0, 3)].join(' ');
  // Scripts that ask for node get the one that runs this.
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const child = spawn(program, args, { cwd, env: { ...process.env, PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let all = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    all += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (all += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', (cause) => reject(new UnavailableError(`${title} cannot be run: ${cause.message}. ${hint}`)));
  });
  if (code === 0) return printed;
  const lines = all.trimEnd().split('\n').slice(-20).join('\n');
  throw new UnavailableError(`${title} failed in ${cwd}. ${hint}\n${lines}`);
}
