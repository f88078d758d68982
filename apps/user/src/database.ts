import path from 'node:path';
import { openDatabase, type DatabaseOptions } from '@ko/data';
import { PrismaClient } from './generated/prisma/client.ts';

/** Where the tables are described: schema and migrations. */
export const prismaDir = path.join(import.meta.dirname, '../prisma');

/** The service's own database. */
export function openUserDatabase(url: string, options: Omit<DatabaseOptions, 'url'> = {}) {
  return openDatabase((adapter) => new PrismaClient({ adapter }), { ...options, url });
}
