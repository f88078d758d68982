#!/usr/bin/env node
// Stands in for the program `schema-engine` that Prisma's CLI would download: the same arguments and JSON-RPC, answered by
// the same engine as WebAssembly. `prismaConfig` tells the CLI to run it.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { schemaEngine } from '../migrate/wasm.ts';
import { runCommand } from './command.ts';
import { log } from './log.ts';
import { answer } from './rpc.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    datamodels: { type: 'string', multiple: true },
    datasource: { type: 'string', default: '{}' },
    version: { type: 'boolean' },
  },
});
const { url = '', shadowDatabaseUrl: shadowUrl } = JSON.parse(String(values.datasource)) as {
  readonly url?: string;
  readonly shadowDatabaseUrl?: string;
};
const version = (await schemaEngine()).version();

if (values.version === true) {
  process.stdout.write(`schema-engine-cli ${version}\n`);
} else {
  log('INFO', { message: 'Starting schema engine CLI', git_hash: version });
  if (positionals[0] === 'cli') process.exitCode = await runCommand(positionals[1] ?? '', url);
  else await answer(process.stdin, { url, shadowUrl, datamodels: await readSchemas() });
}

async function readSchemas(): Promise<[string, string][] | undefined> {
  const files = values.datamodels as string[] | undefined;
  return files && Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')]));
}
