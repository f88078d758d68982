import { testDatabase } from '@ko/data/testing';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { openUserDatabase, prismaDir } from '../database.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';

interface TestDatabase {
  readonly client: PrismaClient;
  close(): Promise<void>;
}

/** A migrated database of the spec file's own, emptied after each test. Gives its client to the tests. */
export function useUserDatabase(): () => PrismaClient {
  let open: TestDatabase | undefined;
  const client = (): PrismaClient => {
    if (open === undefined) throw new Error('the database is open while tests run, not before');
    return open.client;
  };

  beforeAll(async () => {
    open = await openTestDatabase();
  });
  afterEach(async () => {
    await client().$executeRaw`TRUNCATE users, sessions, refresh_tokens, signing_keys, sign_in_attempts`;
  });
  afterAll(() => open?.close());
  return client;
}

async function openTestDatabase(): Promise<TestDatabase> {
  const { url, drop } = await testDatabase(prismaDir);
  const database = openUserDatabase(url);
  return {
    client: database.client,
    async close() {
      await database.stop();
      await drop();
    },
  };
}
