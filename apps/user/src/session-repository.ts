import type { Renewal, Session, SessionRepository, TokenUse } from './auth-service.ts';
import type { Prisma, PrismaClient, Session as Row } from './generated/prisma/client.ts';
import { unread, userFrom } from './repository.ts';

/** Sessions in Postgres. */
export class PostgresSessionRepository implements SessionRepository {
  readonly #client: PrismaClient;

  constructor(client: PrismaClient) {
    this.#client = client;
  }

  async start(session: Session, tokenHash: string): Promise<void> {
    await this.#client.session.create({
      data: { ...session, tokens: { create: { hash: tokenHash } } },
      select: { id: true },
    });
  }

  async useToken(
    hash: string,
    now: Date,
    decide: (use: TokenUse) => Renewal | undefined,
  ): Promise<TokenUse | undefined> {
    return this.#client.$transaction(async (transaction) => {
      await lockSessionOf(hash, transaction);
      const token = await transaction.refreshToken.findUnique({
        where: { hash },
        include: { session: { include: { user: { omit: unread } } } },
      });
      if (token === null) return undefined;

      const { user, ...session } = token.session;
      const use = { first: token.useTime === null, session: sessionFrom(session), user: userFrom(user) };
      const renewal = decide(use);
      if (renewal === undefined) {
        await endAt(now, { id: session.id }, transaction);
      } else {
        await renew(token, renewal, now, transaction);
      }
      return use;
    });
  }

  async end(id: string, now: Date): Promise<void> {
    await endAt(now, { id }, this.#client);
  }

  async endAll(userId: string, now: Date): Promise<void> {
    await endAt(now, { userId }, this.#client);
  }

  /** Deletes what has expired before this time: sessions, ended ones among them, and tokens used by then. */
  async deleteExpired(before: Date): Promise<void> {
    await this.#client.session.deleteMany({ where: { expireTime: { lt: before } } });
    await this.#client.refreshToken.deleteMany({ where: { useTime: { lt: before } } });
  }
}

/** Uses of the tokens of one session wait for each other from here to the end of the transaction. */
async function lockSessionOf(hash: string, transaction: Prisma.TransactionClient): Promise<void> {
  await transaction.$queryRaw`
    SELECT s.id FROM sessions s JOIN refresh_tokens t ON t.session_id = s.id WHERE t.hash = ${hash} FOR UPDATE OF s`;
}

async function renew(
  { hash, sessionId }: { readonly hash: string; readonly sessionId: string },
  { tokenHash, expireTime }: Renewal,
  now: Date,
  transaction: Prisma.TransactionClient,
): Promise<void> {
  await transaction.refreshToken.update({ where: { hash }, data: { useTime: now }, select: { hash: true } });
  await transaction.session.update({
    where: { id: sessionId },
    data: { expireTime, tokens: { create: { hash: tokenHash } } },
    select: { id: true },
  });
}

async function endAt(
  now: Date,
  where: { readonly id: string } | { readonly userId: string },
  client: Prisma.TransactionClient,
): Promise<void> {
  await client.session.updateMany({ where: { ...where, endTime: null }, data: { endTime: now } });
}

function sessionFrom({ endTime, ...session }: Row): Session {
  return endTime === null ? session : { ...session, endTime };
}
