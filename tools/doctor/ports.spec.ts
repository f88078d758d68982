import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SystemFile } from '../stack/src/system-file.ts';
import { readContext } from './context.ts';
import { checkWantedPorts } from './ports.ts';

let root = '';

beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'doctor-ports-'))));
afterEach(() => rmSync(root, { recursive: true }));

/** A port that something listens on. */
async function occupied() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // A TCP server has no other kind.
  return { port, [Symbol.asyncDispose]: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  await once(server.close(), 'close');
}

test('a port that is taken is wrong; it says what wants it, and the way out', async () => {
  await using taken = await occupied();

  const findings = await checkWantedPorts(readContext(root, ['--port', String(taken.port)], {}));

  const finding = findings.find(({ found }) => found.startsWith(`Port ${taken.port},`));
  expect(finding).toMatchObject({ level: 'wrong', subject: 'ports' });
  expect(finding?.found).toContain('wanted for the gateway (HTTP), is taken');
  expect(finding?.mend).toContain('npm start -- --port');
});

test.each([
  [undefined, true],
  ['postgresql://db', false],
])('with DATABASE_SERVER_URL=%s a port for Postgres is wanted: %s', async (server, wanted) => {
  await using taken = await occupied();
  const args = ['--port', String(taken.port - 1)];

  const findings = await checkWantedPorts(readContext(root, args, { DATABASE_SERVER_URL: server }));

  expect(findings.some(({ found }) => found.includes('wanted for Postgres'))).toBe(wanted);
});

test('ports that the system has itself are fine', async () => {
  await using taken = await occupied();
  const file = new SystemFile(join(root, '.ko'));
  file.update({ ready: true, gateway: 'http://127.0.0.1:8080' });

  const findings = await checkWantedPorts(readContext(root, ['--port', String(taken.port), '--data', '.ko'], {}));

  expect(findings).toEqual([
    {
      level: 'ok',
      subject: 'ports',
      found: `the system runs, with its gateway at http://127.0.0.1:8080 (process ${process.pid})`,
    },
  ]);
  file.remove();
});
