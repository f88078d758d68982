import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run, type Outcome } from './run.ts';

const generated = 'libs/contracts/src/gen';

/** Generates the contracts' code anew, elsewhere, and compares: the committed code must be what the contracts say. */
export async function generatedIsCurrent(): Promise<Outcome> {
  const scratch = await mkdtemp(join(tmpdir(), 'ko-generated-'));
  try {
    const generation = await run('buf', ['generate', '--output', scratch]);
    if (generation.result === 'failed') return generation;

    const fresh = await filesBelow(join(scratch, generated));
    const committed = await filesBelow(join(root, generated));
    const stale = [...new Set([...fresh.keys(), ...committed.keys()])].filter(
      (file) => fresh.get(file) !== committed.get(file),
    );
    if (stale.length === 0) return { result: 'passed', output: '' };

    const list = stale.map((file) => `  ${generated}/${file}`).join('\n');
    return { result: 'failed', output: `Out of date; run "npm run generate":\n${list}` };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Text by path, relative to the folder. */
async function filesBelow(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const),
    ),
  );
}
