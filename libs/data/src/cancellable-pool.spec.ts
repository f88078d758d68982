import { setTimeout as delay } from 'node:timers/promises';
import { StatusError } from '@ko/endpoint';
import { expect, onTestFinished, test } from 'vitest';
import { doneFor } from './callers.ts';
import { CancellablePool } from './cancellable-pool.ts';
import { withConnection } from './connection.ts';
import { serverUrl } from './testing/index.ts';

const gone = new StatusError('cancelled', 'the caller has gone');
const canceled = { code: '57014' };

function openPool(max = 1): CancellablePool {
  const pool = new CancellablePool({ connectionString: serverUrl(), max, connectionTimeoutMillis: 10_000 });
  onTestFinished(async () => pool.end());
  return pool;
}

/** Resolves when Postgres runs as many statements with the text. */
async function running(text: string, count: number): Promise<void> {
  const sql = `SELECT count(*)::int FROM pg_stat_activity WHERE state = 'active' AND query = $1`;
  await withConnection(serverUrl(), async (client) => {
    for (;;) {
      const { rows } = await client.query<{ count: number }>(sql, [text]);
      if (rows[0]?.count === count) return;
      await delay(10);
    }
  });
}

test('a query ends in Postgres, too, when its caller goes', async () => {
  const pool = openPool();
  const controller = new AbortController();
  const sql = "SELECT pg_sleep(60), 'a caller goes'";
  const query = doneFor(controller.signal, () => pool.query(sql));
  const failed = expect(query).rejects.toMatchObject(canceled);
  await running(sql, 1);

  controller.abort(gone);

  await failed;
  await running(sql, 0);
});

test('a connection outlives what is cancelled on it', async () => {
  const pool = openPool();
  const backend = async () => (await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
  const controller = new AbortController();
  const before = await backend();
  const failed = expect(doneFor(controller.signal, () => pool.query('SELECT pg_sleep(60)'))).rejects.toThrow();

  controller.abort(gone);
  await failed;

  expect(await backend()).toBe(before);
});

test('nothing is sent for somebody who has gone', async () => {
  const pool = openPool();

  const query = doneFor(AbortSignal.abort(gone), () => pool.query('SELECT 1'));

  await expect(query).rejects.toMatchObject(canceled);
  expect(pool.state).toEqual({ total: 0, idle: 0, waiting: 0, max: 1 });
});

test('the wait for a connection ends with its caller, and leaves the queue to others', async () => {
  const pool = openPool();
  const holder = await pool.connect();
  const controller = new AbortController();
  const impatient = doneFor(controller.signal, () => pool.query('SELECT 1'));
  const patient = pool.query<{ answer: number }>('SELECT 2 AS answer');
  expect(pool.state).toMatchObject({ total: 1, idle: 0, waiting: 2 });

  controller.abort(gone);
  await expect(impatient).rejects.toMatchObject(canceled);
  expect(pool.state.waiting).toBe(1);
  holder.release();

  expect((await patient).rows).toEqual([{ answer: 2 }]);
  expect(pool.state).toEqual({ total: 1, idle: 1, waiting: 0, max: 1 });
});

test('a transaction that is cancelled rolls back, on a connection that goes on', async () => {
  const pool = openPool();
  await pool.query('CREATE TEMPORARY TABLE kept (n int)');
  const controller = new AbortController();
  const transaction = doneFor(controller.signal, async () => {
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('INSERT INTO kept VALUES (1)');
    const failed = expect(client.query('SELECT pg_sleep(60)')).rejects.toMatchObject(canceled);
    controller.abort(gone);
    await failed;
    await expect(client.query('INSERT INTO kept VALUES (2)')).rejects.toMatchObject(canceled);
    await client.query('ROLLBACK');
    client.release();
  });

  await transaction;

  expect((await pool.query('SELECT * FROM kept')).rows).toEqual([]);
});

test('no query is cancelled but those whose callers go', async () => {
  const pool = openPool();
  const outcomes = { done: 0, cancelled: 0 };
  /** Works for callers of which every other one goes, some time before or after the answer. */
  const work = async (callers: number): Promise<void> => {
    for (let n = 0; n < callers; n++) {
      const controller = new AbortController();
      const timer = n % 2 === 0 ? undefined : setTimeout(() => controller.abort(gone), Math.random() * 4);
      try {
        await doneFor(controller.signal, () => pool.query('SELECT pg_sleep(0.001)'));
        outcomes.done += 1;
      } catch (error) {
        expect(error).toMatchObject(canceled);
        expect(timer).toBeDefined();
        outcomes.cancelled += 1;
      }
      clearTimeout(timer);
    }
  };

  await Promise.all([work(150), work(150)]);

  expect(outcomes.done).toBeGreaterThanOrEqual(150);
  expect(outcomes.cancelled).toBeGreaterThan(0);
});

test('a connection is kept after what Postgres refuses, and replaced when it breaks', async () => {
  const pool = openPool();
  const backend = async () => (await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
  const first = await backend();

  await expect(pool.query('SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' });
  expect(await backend()).toBe(first);
  await expect(pool.query('SELECT pg_terminate_backend(pg_backend_pid())')).rejects.toMatchObject({ code: '57P01' });
  expect(await backend()).not.toBe(first);
});

test.each(['for a caller', 'for nobody in particular'])(
  'a connection is given up that keeps a statement whose table has changed (%s)',
  async (whose) => {
    const pool = openPool();
    const { signal } = new AbortController();
    const ask = async () => {
      const query = async () => pool.query({ name: 'kept', text: 'SELECT answer FROM changing', values: [] });
      return whose === 'for a caller' ? doneFor(signal, query) : query();
    };
    await pool.query('DROP TABLE IF EXISTS changing');
    await pool.query('CREATE TABLE changing AS SELECT 42 AS answer');
    await ask();

    await pool.query('ALTER TABLE changing ALTER answer TYPE text');

    await expect(ask()).rejects.toMatchObject({ code: '0A000' });
    expect((await ask()).rows).toEqual([{ answer: '42' }]);
    await pool.query('DROP TABLE changing');
  },
);
