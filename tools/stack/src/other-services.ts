import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { watchSources } from './watch-sources.ts';

const pollInterval = 200;

/**
 * Calls back once, when the list of services has become another one and whoever changed it is done: the packages of all
 * apps are installed. Ends with the signal.
 */
export function onOtherServices(root: string, signal: AbortSignal, changed: () => void): void {
  const folder = join(root, 'tools/stack/src');
  const list = () => readFileSync(join(folder, 'services.ts'), 'utf8');
  const before = list();
  const ended = new AbortController();
  watchSources([folder], AbortSignal.any([signal, ended.signal]), () => {
    if (list() === before) return;
    ended.abort();
    void installed(root, signal).then(() => signal.aborted || changed());
  });
}

/** Resolves when npm has linked each app that there is, and no other. */
async function installed(root: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !isInstalled(root)) await delay(pollInterval);
}

function isInstalled(root: string): boolean {
  const present = readdirSync(join(root, 'apps')).filter((app) => existsSync(join(root, 'apps', app, 'package.json')));
  const linked = packagesIn(join(root, 'node_modules/.package-lock.json')).flatMap((path) =>
    path.startsWith('apps/') ? path.slice('apps/'.length) : [],
  );
  return present.toSorted().join() === linked.toSorted().join();
}

function packagesIn(lock: string): readonly string[] {
  try {
    const { packages } = JSON.parse(readFileSync(lock, 'utf8')) as { packages: object }; // npm's own record.
    return Object.keys(packages);
  } catch {
    return []; // npm is about to write it.
  }
}
