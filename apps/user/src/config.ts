import { accessConfig, databaseConfig, processConfig, secret } from '@ko/service';
import { z } from 'zod';

/** Fit for development only: production refuses it. */
const sampleKeySecret = 'sample-key-secret-for-development-only';

/** What the user service reads from its environment. */
export const userConfig = z.object({
  ...processConfig.shape,
  ...accessConfig.shape,
  ...databaseConfig.shape,
  /** Where gRPC listens. */
  GRPC_ADDRESS: z
    .string()
    .regex(/^.+:\d+$/, 'host:port')
    .default('127.0.0.1:50051'),
  /** Seals the keys that sign access tokens; the same for all instances. */
  KEY_SECRET: secret({ sample: sampleKeySecret, minLength: 32 }),
  /** How long an access token is good for, such as `15m`. Nothing takes one back. */
  ACCESS_TOKEN_TTL: duration('15m'),
  /** How long a session lasts without a refresh. */
  SESSION_TTL: duration('30d'),
  /** How long a key signs until the next one takes over. */
  KEY_ROTATION: duration('30d'),
  /** How long a key is published before it signs: longer than anybody caches the key set. */
  KEY_LEAD: duration('1h'),
  /** Failed sign-ins of one client with one account until it has to wait. */
  SIGN_IN_LIMIT_ACCOUNT: z.coerce.number().int().min(1).default(10),
  /** Failed sign-ins of one client, whatever the accounts. */
  SIGN_IN_LIMIT_PEER: z.coerce.number().int().min(1).default(50),
  /** How long failed sign-ins count, from the first one on. */
  SIGN_IN_WINDOW: duration('15m'),
});

export type UserConfig = z.infer<typeof userConfig>;

const units = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** Schema of a duration such as `15m`, in milliseconds. Its units are s, m, h and d. */
function duration(standard: string) {
  return z
    .string()
    .regex(/^[1-9]\d*[smhd]$/, 'a number and a unit, such as 90s, 15m, 1h, 30d')
    .default(standard)
    .transform((text) => Number.parseInt(text, 10) * (units.get(text.slice(-1)) ?? Number.NaN));
}
