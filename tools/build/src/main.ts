// `npm run build [app …]`: each app, or those that are named, as few files that need nothing else, in `apps/<app>/dist`.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { buildApp } from './build-app.ts';

const root = path.join(import.meta.dirname, '../../..');
const apps = readdirSync(path.join(root, 'apps')).filter((name) => existsSync(mainOf(name)));
const named = process.argv.slice(2);
const unknown = named.filter((name) => !apps.includes(name));

if (unknown.length > 0) {
  console.error(`there is no app ${unknown.join(', ')}: there are ${apps.join(', ')}`);
  process.exitCode = 1;
} else {
  for (const app of named.length > 0 ? named : apps) console.log(path.relative(root, await buildApp(app, root)));
}

function mainOf(app: string): string {
  return path.join(root, 'apps', app, 'src/main.ts');
}
