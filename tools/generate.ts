// `npm run generate`: the TypeScript of the contracts, and the Prisma client of every app with a database.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const apps = readdirSync(join(root, 'apps')).map((app) => join(root, 'apps', app));

await run('buf', ['generate'], root);
for (const app of apps.filter((app) => existsSync(join(app, 'prisma/schema.prisma')))) {
  await run('prisma', ['generate'], app);
}

async function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  const env = { ...process.env, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
  const [code] = (await once(spawn(program, args, { cwd, env, stdio: 'inherit' }), 'close')) as [number | null];
  if (code !== 0) process.exit(code ?? 1);
}
