import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Fills a folder anew, unless it is what `key` made of it before. */
export async function once(folder: string, key: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const stamp = join(folder, '.made-of');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === key) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await fill(folder);
  await writeFile(stamp, key);
}

/** A key for the contents of files and folders. */
export async function digest(...paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) await add(path);
  return hash.digest('hex');

  async function add(path: string): Promise<void> {
    const entries = await readdir(path).catch(() => undefined);
    if (entries === undefined) hash.update(path).update(await readFile(path));
    else for (const entry of entries.sort()) await add(join(path, entry));
  }
}
