// Makes the secrets of `docker compose up`, each where only its owner's containers see it, unless they are there: so the
// first start needs nothing, and no secret is the same on two machines. docs/guides/operations.md says how to change one.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const volumes = '/secrets';
const random = () => randomBytes(32).toString('base64url');

const administrator = secret('postgres/password', random);
secret('postgres/admin_url', () => `postgresql://postgres:${administrator}@postgres:5432/postgres`);
secret('grafana/password', random);

for (const service of process.argv.slice(2)) {
  secret(`${service}/database_url`, () => `postgresql://${service}:${random()}@postgres:5432/${service}`);
}
secret('user/key_secret', random);

/** The content of a file of a volume, made if it is not there. Its readers run as users of their own images. */
function secret(name, make) {
  const file = join(volumes, name);
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, make(), { mode: 0o444 });
    console.log(`made ${name}`);
  }
  return readFileSync(file, 'utf8');
}
