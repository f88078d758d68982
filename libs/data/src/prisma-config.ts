import path from 'node:path';
import type { PrismaConfig } from 'prisma/config';

/**
 * What the `prisma.config.ts` of an app in the directory exports. The app's schema and migrations are in `prisma/`, and
 * commands that need a database use `DATABASE_URL`. Nothing is downloaded: the schema engine is the one from npm.
 */
export function prismaConfig(directory: string): PrismaConfig {
  const { env } = process;
  env.CHECKPOINT_DISABLE ??= '1';
  // Windows cannot run a script as a program, so there Prisma downloads its own.
  if (process.platform !== 'win32') {
    env.PRISMA_SCHEMA_ENGINE_BINARY ??= path.join(import.meta.dirname, 'schema-engine/main.ts');
  }
  return {
    schema: path.join(directory, 'prisma/schema.prisma'),
    migrations: { path: path.join(directory, 'prisma/migrations') },
    datasource: { url: env.DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres' },
  };
}
