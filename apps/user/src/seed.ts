import { randomUUID } from 'node:crypto';
import { hashPassword } from '@ko/middleware';
import type { PrismaClient } from './generated/prisma/client.ts';

const samplePassword = 'correct-horse-battery';

const samples = [
  { email: 'admin@example.com', displayName: 'Admin', roles: ['admin'] },
  { email: 'ada@example.com', displayName: 'Ada Lovelace', roles: [] },
];

/** Adds the sample users that are missing. Everybody knows their password: for development and tests only. */
export async function seed(client: PrismaClient): Promise<void> {
  for (const sample of samples) {
    if ((await client.user.count({ where: { email: sample.email } })) > 0) continue;
    const now = new Date();
    const passwordHash = await hashPassword(samplePassword);
    await client.user.createMany({
      data: { ...sample, id: randomUUID(), passwordHash, state: 'active', createTime: now, updateTime: now },
      skipDuplicates: true,
    });
  }
}
