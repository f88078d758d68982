import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { testDatabase } from '@ko/data/testing';
import { freePorts } from '@ko/discovery/testing';
import { expect, onTestFinished, test } from 'vitest';
import { buildApp } from './build-app.ts';

const root = path.join(import.meta.dirname, '../../..');

/** The app, built where there are no packages. */
async function built(app: string): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'build-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return buildApp(app, root, path.join(folder, 'app'));
}

/** Starts an app, which stops after the test. Resolves to how it answers, once it is ready. */
async function started(dist: string, environment: Readonly<Record<string, string>>) {
  const [http = 0, grpc = 0, admin = 0] = await freePorts(3);
  const child = spawn(process.execPath, [path.join(dist, 'main.mjs')], {
    cwd: dist,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      LOG_LEVEL: 'error',
      HTTP_ADDRESS: `127.0.0.1:${http}`,
      GRPC_ADDRESS: `127.0.0.1:${grpc}`,
      ADMIN_ADDRESS: `127.0.0.1:${admin}`,
      SHUTDOWN_DELAY: '0',
      ...environment,
    },
  });
  onTestFinished(async () => {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
  });
  const answer = async (port: number, at: string, init?: RequestInit) =>
    fetch(`http://127.0.0.1:${port}${at}`, init).catch(() => undefined);
  return {
    http: (at: string, init?: RequestInit) => answer(http, at, init),
    async until(at: string, status: number): Promise<void> {
      while ((await answer(admin, at))?.status !== status) await delay(20);
    },
  };
}

test('an app needs nothing beside what was built: neither its packages nor their files', async () => {
  const gateway = await started(await built('gateway'), {});
  await gateway.until('/livez', 200);

  const answers = await Promise.all([
    gateway.http('/docs/'),
    gateway.http('/docs/static/swagger-ui.css'),
    gateway.http('/docs/static/logo.svg'),
    gateway.http('/openapi.json'),
    gateway.http('/v1/sessions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }),
  ]);

  expect(answers.map((answer) => answer?.status)).toEqual([200, 200, 200, 200, 400]);
  await expect(answers[4]?.json()).resolves.toMatchObject({ reason: 'INVALID_REQUEST' });
});

test('one with a database brings what migrates it', async () => {
  const { url, drop } = await testDatabase(path.join(root, 'apps/user/prisma'));
  onTestFinished(drop);
  const dist = await built('user');
  const environment = { DATABASE_URL: url, KEY_SECRET: 'k'.repeat(32) };

  const migration = spawnSync(process.execPath, [path.join(dist, 'migrate.mjs'), path.join(root, 'apps/user/prisma')], {
    env: environment,
    encoding: 'utf8',
  });
  const user = await started(dist, environment);

  expect(migration.stdout).toContain('is up to date');
  await user.until('/readyz', 200);
});
