import { isUniqueViolation } from '@ko/data';
import type { Credentials, CredentialsRepository } from './auth-service.ts';
import type { Prisma, PrismaClient } from './generated/prisma/client.ts';
import type { UserCursor, UserRepository } from './service.ts';
import { isRole, type User } from './user.ts';

/** What nobody but a sign-in reads. */
export const unread = { passwordHash: true } as const satisfies Prisma.UserOmit;

type Row = Prisma.UserGetPayload<{ omit: typeof unread }>;

/** Users in Postgres. */
export class PostgresUserRepository implements UserRepository, CredentialsRepository {
  readonly #client: PrismaClient;

  constructor(client: PrismaClient) {
    this.#client = client;
  }

  async insert({ roles, ...user }: User, passwordHash: string): Promise<boolean> {
    try {
      await this.#client.user.create({ data: { ...user, roles: [...roles], passwordHash }, select: { id: true } });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  async find(id: string): Promise<User | undefined> {
    const row = await this.#client.user.findUnique({ where: { id }, omit: unread });
    return row === null ? undefined : userFrom(row);
  }

  async findCredentials(email: string): Promise<Credentials | undefined> {
    const row = await this.#client.user.findUnique({ where: { email } });
    return row === null ? undefined : { user: userFrom(row), passwordHash: row.passwordHash };
  }

  async list(limit: number, after?: UserCursor): Promise<readonly User[]> {
    const rows = await this.#client.user.findMany({
      ...(after && { where: behind(after) }),
      orderBy: [{ createTime: 'desc' }, { id: 'desc' }],
      take: limit,
      omit: unread,
    });
    return rows.map(userFrom);
  }

  async update(id: string, { roles, ...changes }: Partial<User>): Promise<User | undefined> {
    const [row] = await this.#client.user.updateManyAndReturn({
      where: { id },
      data: { ...changes, ...(roles && { roles: [...roles] }) },
      omit: unread,
    });
    return row && userFrom(row);
  }

  async delete(id: string): Promise<boolean> {
    const { count } = await this.#client.user.deleteMany({ where: { id } });
    return count === 1;
  }
}

/** A user of ours, of a row of the table. */
export function userFrom({ id, email, displayName, state, roles, createTime, updateTime }: Row): User {
  return { id, email, displayName, state, roles: roles.filter(isRole), createTime, updateTime };
}

/** The first condition serves the index, the second settles equal times. */
function behind({ createTime, id }: UserCursor): Prisma.UserWhereInput {
  return { createTime: { lte: createTime }, OR: [{ createTime: { lt: createTime } }, { id: { lt: id } }] };
}
