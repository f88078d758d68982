import { readFile } from 'node:fs/promises';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

// Of the web's types, this is all that Node's lack and we need.
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ readonly instance: { readonly exports: Exports } }>;
};

interface Exports {
  readonly __wbindgen_start: () => void;
}

let loaded: Promise<typeof bindings> | undefined;

/** Prisma's schema engine: what its CLI would download as a program, as WebAssembly from npm. */
export function schemaEngine(): Promise<typeof bindings> {
  return (loaded ??= load());
}

async function load(): Promise<typeof bindings> {
  const file = new URL('schema_engine_bg.wasm', import.meta.resolve('@prisma/schema-engine-wasm'));
  const { instance } = await WebAssembly.instantiate(await readFile(file), { './schema_engine_bg.js': imports() });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return bindings;
}

/** The engine forgets timers of up to ten seconds, which must not keep a process alive that has done its work. */
function imports(): object {
  const quiet = (callback: () => void, delay: number) => setTimeout(callback, delay).unref();
  return Object.fromEntries(
    Object.entries(bindings).map(([name, value]) => [name, name.startsWith('__wbg_setTimeout') ? quiet : value]),
  );
}
