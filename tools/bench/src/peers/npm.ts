import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digest, once } from './once.ts';
import type { Program, Programs, Scenario } from './peer.ts';
import { environments, sources } from './scenario-environment.ts';
import { step } from './step.ts';

/** Copies a peer written for Node to a folder, installs its packages there and builds it. */
export async function installNpm(name: string, folder: string, build: readonly string[] = []): Promise<void> {
  const source = join(sources, name);
  const key = `${process.version} ${await digest(source)}`;
  await once(folder, key, async () => {
    await cp(source, folder, { recursive: true });
    await step('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'], {
      cwd: folder,
      hint: 'It takes npm, and a registry',
    });
    if (build.length > 0) await step(process.execPath, build, { cwd: folder });
  });
}

/** The versions of packages that a peer has: `fastify 5.12.8, pino 10.4.0`. */
export async function versionsOf(folder: string, packages: readonly string[]): Promise<string> {
  const versions = await Promise.all(
    packages.map(async (name) => {
      const text = await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8');
      return `${name} ${(JSON.parse(text) as { version: string }).version}`;
    }),
  );
  return [...versions, `Node ${process.versions.node}`].join(', ');
}

/** The gateway and the user service of a peer written for Node. */
export function nodePrograms(
  name: string,
  folder: string,
  scenario: Scenario,
  files: { gateway: string; users: string },
): Programs {
  const { gateway, service } = environments(scenario);
  const program = (part: string, file: string, env: Program['env']): Program => ({
    name: `${name}-${part}`,
    command: process.execPath,
    args: [file],
    env: { NODE_ENV: 'production', ...env },
    cwd: folder,
  });
  return { gateway: program('gateway', files.gateway, gateway), backends: [program('users', files.users, service)] };
}
