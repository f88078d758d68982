import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'rolldown';

/**
 * WebAssembly that a package has as text, in `….wasm-base64.mjs`, is a file: the text takes thrice as long to load, and stays.
 * Whoever wants it decodes it by `Buffer.from(wasm, 'base64')`, which takes an ArrayBuffer as it is.
 */
export function base64Wasm(): Plugin {
  return {
    name: 'base64-wasm',
    load: {
      filter: { id: /\.wasm-base64\.mjs$/ },
      async handler(id) {
        const { wasm } = (await import(pathToFileURL(id).href)) as { readonly wasm: string };
        const fileName = `files/${path.basename(id, '-base64.mjs')}`;
        this.emitFile({ type: 'asset', fileName, source: Buffer.from(wasm, 'base64') });
        return `import { readFileSync } from 'node:fs';
          export const wasm = readFileSync(new URL('./${fileName}', import.meta.url)).buffer;`;
      },
    },
  };
}
