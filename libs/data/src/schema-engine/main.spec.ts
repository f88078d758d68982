import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { withDatabase } from '../database-url.ts';
import { serverUrl } from '../testing/index.ts';

/** Runs the program as Prisma's CLI does, with the input on its standard input. */
async function schemaEngine(args: readonly string[], input = '') {
  const env = { ...process.env, PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ''}` };
  const child = spawn(path.join(import.meta.dirname, 'main.ts'), args, { env });
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { out, err, code: child.exitCode };
}

test('the schema engine can be run as a program, and says its version', async () => {
  const { out, code } = await schemaEngine(['--version']);

  expect(out).toMatch(/^schema-engine-cli [0-9a-f]{40}\n$/);
  expect(code).toBe(0);
});

test('it says by its exit code and an error of Prisma whether a database can be reached', async () => {
  const check = (url: string) =>
    schemaEngine(['cli', '--datasource', JSON.stringify({ url }), 'can-connect-to-database']);

  const there = await check(serverUrl());
  const missing = await check(withDatabase(serverUrl(), 'no_such_database'));
  const away = await check('postgresql://postgres@127.0.0.1:1/x');

  expect(there.code).toBe(0);
  expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('"P1003"') as string });
  expect(away).toMatchObject({ code: 1, err: expect.stringContaining('"P1001"') as string });
});

test('it answers JSON-RPC, and what fails with an error', async () => {
  const calls = ['getDatabaseVersion', 'noSuchMethod'].map((method, id) => JSON.stringify({ id, method }));
  const source = ['--datasource', JSON.stringify({ url: serverUrl() })];

  const { out, code } = await schemaEngine(source, calls.join('\n'));

  const [version, failure] = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(version).toMatchObject({ jsonrpc: '2.0', id: 0, result: expect.stringContaining('PostgreSQL 18') as string });
  expect(failure).toMatchObject({ id: 1, error: { code: 4466, data: { is_panic: false } } });
  expect(code).toBe(0);
});
