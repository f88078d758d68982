import path from 'node:path';
import { openDatabase } from '@ko/data';
import { PrismaClient } from './generated/prisma/client.ts';

/** Where the tables are described: schema and migrations. */
export const prismaDir = path.join(import.meta.dirname, '../prisma');

/** The service's own database. */
export function openUserDatabase(url: string) {
  return openDatabase((adapter) => new PrismaClient({ adapter }), { url });
}
