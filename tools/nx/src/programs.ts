import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { workspaceRoot } from '@nx/devkit';
import { Refusal } from './refusal.ts';

const modules = path.join(workspaceRoot, 'node_modules');

/** Runs a program of the workspace's packages, or of the machine. Throws a Refusal with what it said when it fails. */
export function run(program: string, ...args: readonly string[]): void {
  const said = failureOf(program, args);
  if (said === undefined) return;
  throw new Refusal(`All files are written, but this failed: ${program} ${args.join(' ')}\n${said}`);
}

/** Runs a program, as this Node would, and says what it said if it failed. */
export function failureOf(program: string, args: readonly string[], cwd: string = workspaceRoot): string | undefined {
  const PATH = [path.dirname(process.execPath), path.join(modules, '.bin'), process.env.PATH].join(path.delimiter);
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, PATH },
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  return status === 0 ? undefined : (error?.message ?? `${stdout}${stderr}`.trim());
}

/** Brings node_modules and package-lock.json in line with what package.json files say. */
export function installPackages(): void {
  run('npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error');
}

/** Generates the code of the contracts. */
export function generateContracts(): void {
  run('buf', 'generate');
}

/** Generates the Prisma clients that are missing or out of date. */
export function generateClients(): void {
  run('node', path.join('tools', 'run.mjs'), '--version');
}
