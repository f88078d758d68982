import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { withConnection } from '../connection.ts';
import { startEmbeddedPostgres } from './start.ts';

const homes: string[] = [];
afterEach(() => homes.splice(0).forEach((home) => rmSync(home, { recursive: true, force: true })));

function directory(): string {
  const home = mkdtempSync(path.join(os.tmpdir(), 'ko-data-'));
  homes.push(home);
  return path.join(home, 'postgres');
}

async function count(url: string): Promise<number> {
  return withConnection(url, async (client) => {
    await client.query('CREATE TABLE IF NOT EXISTS starts (id serial PRIMARY KEY)');
    await client.query('INSERT INTO starts DEFAULT VALUES');
    const { rowCount } = await client.query('SELECT * FROM starts');
    return rowCount ?? 0;
  });
}

describe('the embedded Postgres', () => {
  test('keeps its data from one start to the next, and ends when it is stopped', async () => {
    const place = directory();

    const first = await startEmbeddedPostgres({ directory: place });
    await count(first.url('postgres'));
    await first.stop();
    const refused = await count(first.url('postgres')).catch((error: unknown) => error);
    const second = await startEmbeddedPostgres({ directory: place });
    const counted = await count(second.url('postgres'));
    await second.stop();

    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
    expect(counted).toBe(2);
  });

  test('belongs to one process at a time', async () => {
    const place = directory();
    const postgres = await startEmbeddedPostgres({ directory: place });

    const second = startEmbeddedPostgres({ directory: place });

    await expect(second).rejects.toMatchObject({ reason: 'POSTGRES_IN_USE' });
    await postgres.stop();
  });

  test('is taken over from a process that was killed', async () => {
    const place = directory();
    const module = JSON.stringify(import.meta.resolve('./start.ts'));
    const script = `const { startEmbeddedPostgres } = await import(${module});
      const { port } = await startEmbeddedPostgres({ directory: ${JSON.stringify(place)} });
      console.log(port);
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [port] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];

    owner.kill('SIGKILL');
    const postgres = await startEmbeddedPostgres({ directory: place });
    const { reused, port: taken } = postgres;
    await postgres.stop();

    expect({ reused, taken }).toEqual({ reused: true, taken: Number(port) });
    await expect(count(postgres.url('postgres'))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
