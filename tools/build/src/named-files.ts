import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'rolldown';

const reference = /new URL\('([^']+)', import\.meta\.resolve\('([^']+)'\)\)/g;

/** Files and folders of packages that our code names by `new URL('file', import.meta.resolve('package'))` go along. */
export function namedFiles(): Plugin {
  return {
    name: 'named-files',
    transform: {
      filter: { id: { exclude: /node_modules/ }, code: reference },
      async handler(code, id) {
        for (const [, name = '', module = ''] of code.matchAll(reference)) {
          const place = path.join(path.dirname(createRequire(id).resolve(module)), name);
          for (const file of await filesIn(place)) {
            const fileName = path.posix.join('files', module, name, path.relative(place, file));
            this.emitFile({ type: 'asset', fileName, source: await readFile(file) });
          }
        }
        // It stays on its line, which is as much as stack traces tell.
        return { code: code.replace(reference, `new URL('./files/$2/$1', import.meta.url)`), map: null };
      },
    },
  };
}

/** The files in a folder; a file by itself. */
async function filesIn(place: string): Promise<string[]> {
  try {
    const entries = await readdir(place, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  } catch {
    return [place];
  }
}
