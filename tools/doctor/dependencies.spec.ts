import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkDependencies } from './dependencies.ts';

let server: Server;
let there = '';
/** Where nothing listens. */
let gone = '';

beforeEach(async () => {
  server = createServer((socket) => socket.destroy());
  there = await listen(server);
  const other = createServer();
  gone = await listen(other);
  await once(other.close(), 'close');
});

afterEach(async () => {
  await once(server.close(), 'close');
});

async function listen(on: Server): Promise<string> {
  await once(on.listen(0, '127.0.0.1'), 'listening');
  return `127.0.0.1:${(on.address() as AddressInfo).port}`; // A TCP server has no other kind.
}

test('what answers is fine', async () => {
  const environment = { CONSUL_HTTP_ADDR: there, USER_PROFILE_URL: `static:${there}` };

  const findings = await checkDependencies({ environment, inEnvFile: new Set() }, ['user-profile']);

  expect(findings).toEqual([
    { level: 'ok', subject: 'CONSUL_HTTP_ADDR', found: `${there} can be reached` },
    { level: 'ok', subject: 'USER_PROFILE_URL', found: `${there} can be reached` },
  ]);
});

test('a database server that does not answer is wrong, since nothing starts without', async () => {
  const environment = { DATABASE_SERVER_URL: `postgresql://ada:s3cret@${gone}/postgres` };

  const findings = await checkDependencies({ environment, inEnvFile: new Set(['DATABASE_SERVER_URL']) }, []);

  expect(findings).toEqual([
    {
      level: 'wrong',
      subject: 'DATABASE_SERVER_URL',
      found: `cannot be reached: ${gone} (nothing listens there)`,
      mend: 'start it, or correct DATABASE_SERVER_URL in .env',
    },
  ]);
});

test('of several addresses it names those that do not answer', async () => {
  const environment = { REGISTRY_URL: `etcd://${there},${gone}` };

  const [finding] = await checkDependencies({ environment, inEnvFile: new Set() }, []);

  expect(finding).toMatchObject({ level: 'warning', mend: 'start it, or correct REGISTRY_URL in the environment' });
  expect(finding?.found).toContain(gone);
  expect(finding?.found).not.toContain(there);
});

test('secrets are not shown, even where the value makes no sense', async () => {
  const environment = { DATABASE_URL: 's3cret', REGISTRY_URL: `consul://${gone}?token=s3cret` };

  const findings = await checkDependencies({ environment, inEnvFile: new Set() }, []);

  expect(findings).toHaveLength(2);
  expect(JSON.stringify(findings)).not.toContain('s3cret');
});

test('URLs of others are none of ours, but for those in .env', async () => {
  const environment = { SOMEBODYS_URL: `http://${gone}`, MAIL_URL: `http://${gone}` };

  const findings = await checkDependencies({ environment, inEnvFile: new Set(['MAIL_URL']) }, []);

  expect(findings.map(({ subject }) => subject)).toEqual(['MAIL_URL']);
});

test('an environment that names nothing is fine', async () => {
  expect(await checkDependencies({ environment: {}, inEnvFile: new Set() }, ['user'])).toMatchObject([{ level: 'ok' }]);
});
