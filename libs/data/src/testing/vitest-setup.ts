import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../embedded/start.ts';

/** Vitest's globalSetup: a Postgres for the test run, unless TEST_DATABASE_URL names one. */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env.TEST_DATABASE_URL !== undefined) return async () => {};
  const home = await mkdtemp(path.join(os.tmpdir(), 'ko-test-'));
  const postgres = await startEmbeddedPostgres({ directory: path.join(home, 'postgres'), durable: false });
  process.env.TEST_DATABASE_URL = postgres.url('postgres');
  return async () => {
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  };
}
