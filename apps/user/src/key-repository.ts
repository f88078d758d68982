import { isUniqueViolation } from '@ko/data';
import type { PrismaClient, SigningKey as Row } from './generated/prisma/client.ts';
import type { KeyRepository, PublicKey, StoredKey } from './key-service.ts';

/** Signing keys in Postgres. */
export class PostgresKeyRepository implements KeyRepository {
  readonly #client: PrismaClient;

  constructor(client: PrismaClient) {
    this.#client = client;
  }

  async list(): Promise<readonly StoredKey[]> {
    const rows = await this.#client.signingKey.findMany({ orderBy: { generation: 'asc' } });
    return rows.map(keyFrom);
  }

  async insert({ publicKey, sealedKey, ...key }: StoredKey): Promise<boolean> {
    try {
      await this.#client.signingKey.create({
        data: { ...key, publicKey: { ...publicKey }, sealedKey: new Uint8Array(sealedKey) },
      });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  async deleteBefore(generation: number): Promise<void> {
    await this.#client.signingKey.deleteMany({ where: { generation: { lt: generation } } });
  }
}

function keyFrom({ publicKey, ...key }: Row): StoredKey {
  return { ...key, publicKey: publicKey as unknown as PublicKey }; // only `insert` writes this column
}
