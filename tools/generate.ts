// `npm run generate`: the TypeScript of the contracts, the Prisma client of every app with a database, the dashboards.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { appsWithDatabase } from './run/state.mjs';

const root = join(import.meta.dirname, '..');

await run('buf', ['generate'], root);
for (const app of appsWithDatabase(root)) await run('prisma', ['generate'], join(root, 'apps', app));
await run(process.execPath, ['tools/deploy/src/dashboards/main.ts'], root);

async function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  const env = { ...process.env, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
  const [code] = (await once(spawn(program, args, { cwd, env, stdio: 'inherit' }), 'close')) as [number | null];
  if (code !== 0) process.exit(code ?? 1);
}
