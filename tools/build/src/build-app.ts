import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { base64Wasm } from './base64-wasm.ts';
import { namedFiles } from './named-files.ts';

/** Where the files of an app are built. */
function distOf(app: string, root: string): string {
  return path.join(root, 'apps', app, 'dist');
}

/**
 * Builds an app: `main.mjs` and, where it has a database, `migrate.mjs`, with all that they import and the files that they
 * read. What is imported late is a file of its own, and is loaded when needed. Resolves to the folder.
 */
export async function buildApp(app: string, root: string, dist = distOf(app, root)): Promise<string> {
  const home = path.join(root, 'apps', app);
  const hasDatabase = existsSync(path.join(home, 'prisma/schema.prisma'));
  await using bundle = await rolldown({
    input: {
      main: path.join(home, 'src/main.ts'),
      ...(hasDatabase && { migrate: path.join(root, 'libs/data/src/migrate/main.ts') }),
    },
    platform: 'node',
    cwd: root,
    plugins: [base64Wasm(), namedFiles()],
  });
  await rm(dist, { recursive: true, force: true });
  await bundle.write({
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    assetFileNames: 'files/[name]-[hash][extname]',
    sourcemap: true,
    // One letter beyond Latin-1, and V8 keeps all of a file in two bytes each.
    charset: 'ascii',
    // Half as much to read; names stay, which people meet in stack traces.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  });
  return dist;
}
