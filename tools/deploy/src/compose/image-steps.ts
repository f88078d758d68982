import assert from 'node:assert/strict';
import type { Step } from '@ko/trial';
import { docker, type Stack } from './stack.ts';

const images = { gateway: 'ko-gateway', user: 'ko-user', order: 'ko-order' };
const apps = Object.keys(images);
const tags = Object.values(images);

/** What has to hold for the images, and for what can be seen of secrets from outside. */
export function imageSteps(stack: Stack): readonly Step[] {
  const execute = (service: string, ...command: readonly string[]) =>
    stack.compose('exec', '--no-TTY', service, ...command);
  return [
    {
      name: 'the images run as nobody in particular, can write nothing, and have no tools in them',
      async take() {
        for (const app of apps) {
          assert.equal((await execute(app, 'id', '-u')).trim(), '1000');
          await assert.rejects(execute(app, 'touch', '/app/x'), /Read-only file system/);
          const files = (await execute(app, 'ls')).split('\n');
          assert.ok(files.includes('main.mjs'));
          assert.deepEqual(
            ['node_modules', 'apps', 'libs', 'tools'].filter((name) => files.includes(name)),
            [],
          );
        }
      },
    },
    {
      name: 'their labels say what they are',
      async take() {
        const format = '{{index .Config.Labels "org.opencontainers.image.title"}} {{.Config.User}}';
        const told = await docker(['inspect', '--format', format, ...tags]);
        assert.deepEqual(
          told.trim().split('\n'),
          apps.map((app) => `${app} node`),
        );
        const sizes = (await docker(['inspect', '--format', '{{.Size}}', ...tags])).split('\n');
        return apps.map((app, index) => `${app} ${Math.round(Number(sizes[index]) / 1e6)} MB`).join(', ');
      },
    },
    {
      name: 'one without its settings says what is missing, one with samples that they are, and both end',
      async take() {
        await assert.rejects(docker(['run', '--rm', images.user]), /DATABASE_URL: not set/);
        const settings = ['--env', 'DATABASE_URL=postgresql://user@postgres/user'];
        await assert.rejects(docker(['run', '--rm', ...settings, images.user]), /KEY_SECRET: still the sample/);
      },
    },
    {
      name: 'no secret is in logs, in the configuration, or with anybody else',
      async take() {
        const secrets = await Promise.all([
          execute('postgres', 'cat', '/run/secrets/password'),
          execute('user', 'cat', '/run/secrets/key_secret'),
          execute('order', 'cat', '/run/secrets/database_url').then((url) => new URL(url).password),
        ]);
        const ids = (await stack.containers()).map(({ ID }) => ID);
        const seen = (await stack.compose('logs', '--no-color')) + (await docker(['inspect', ...ids]));
        assert.ok(secrets.every((secret) => secret.length > 40));
        assert.deepEqual(
          secrets.filter((secret) => seen.includes(secret)),
          [],
        );
        assert.deepEqual((await execute('order', 'ls', '/run/secrets')).trim(), 'database_url');
      },
    },
  ];
}
