import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Peer, Program, Scenario } from './peer.ts';
import { sources } from './scenario-environment.ts';
import { step } from './step.ts';

const PATH = [process.env.PATH, '/usr/sbin'].join(delimiter);

export const nginx: Peer = {
  name: 'nginx',
  kind: 'limit',
  tokens: 'none',
  differs: ['It only proxies HTTP to an nginx that answers one user to all: no token, no RPC, no checks, no limits.'],
  async install(folder) {
    await mkdir(folder, { recursive: true });
    const printed = await step('sh', ['-c', 'nginx -v 2>&1'], {
      cwd: folder,
      env: { PATH },
      hint: 'On Debian, apt-get install nginx brings it',
    });

    return {
      version: printed.trim().split(': ').at(-1) ?? '',
      programs: async (scenario) => ({
        gateway: await configured('gateway', scenario),
        backends: [await configured('service', scenario)],
      }),
    };
  },
};

async function configured(part: string, { folder, ports, usersFile }: Scenario): Promise<Program> {
  const [seed] = JSON.parse(await readFile(usersFile, 'utf8')) as { id: string; email: string; displayName: string }[];
  const time = '2026-01-01T00:00:00Z';
  const user = {
    name: `users/${seed?.id ?? ''}`,
    email: seed?.email,
    displayName: seed?.displayName,
    state: 'STATE_ACTIVE',
    roles: [],
    createTime: time,
    updateTime: time,
  };
  const values = new Map(Object.entries({ ...ports, folder, user: JSON.stringify(user) }));
  const template = await readFile(join(sources, `nginx/${part}.conf`), 'utf8');
  const file = join(folder, `nginx-${part}.conf`);
  await writeFile(
    file,
    template.replace(/\$\{(\w+)\}/g, (_, name: string) => String(values.get(name))),
  );
  return { name: `nginx-${part}`, command: 'nginx', args: ['-c', file, '-p', folder], env: { PATH }, cwd: folder };
}
