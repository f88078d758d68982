import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '@ko/stack';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly image: string;
  readonly build?: { readonly args: { readonly APP: string } };
  readonly restart?: string;
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly deploy?: { readonly resources: { readonly limits: { readonly memory?: string } } };
  readonly environment?: Readonly<Record<string, string>>;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
}

const root = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose; // The tests of the stack run it.
const all = Object.entries(compose.services);
const running = all.filter(([, { restart }]) => restart !== 'no');

test('every service of the system is in it, with the job for its database', () => {
  expect(Object.keys(compose.services)).toEqual(
    expect.arrayContaining([
      'gateway',
      ...services.map(({ name }) => name),
      ...services.filter(({ database }) => database).map(({ name }) => `${name}-database`),
    ]),
  );
});

test.each(running)('%s is watched, restarted and limited', (_, { image, build, healthcheck, restart, deploy }) => {
  // Our own images bring their check.
  expect(build !== undefined || healthcheck?.test !== undefined).toBe(true);
  expect(image).toMatch(build === undefined ? /:v?\d+\.\d+(\.\d+)?(-|$)/ : /^[a-z0-9-]+$/);
  expect(restart).toBe('unless-stopped');
  expect(deploy?.resources.limits.memory).toMatch(/^\d+M$/);
});

test('only what is for people publishes a port, on loopback, and is at the edge', () => {
  const published = all.filter(([, { ports = [] }]) => ports.length > 0);

  expect(published.map(([name]) => name).toSorted()).toEqual(['gateway', 'grafana', 'prometheus']);
  for (const [, { ports = [], networks }] of published) {
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(networks).toEqual(['inside', 'edge']);
  }
  expect(compose.networks.inside).toEqual({ internal: true });
});

test('no secret has a value in it', () => {
  const secret = /PASSWORD|PASS|SECRET|TOKEN|DATABASE_URL/;
  const names = all.flatMap(([, { environment = {} }]) => Object.keys(environment).filter((name) => secret.test(name)));

  expect(names).not.toHaveLength(0);
  expect(names.filter((name) => !name.endsWith('_FILE'))).toEqual([]);
});

test('Node is the one of the packages everywhere', () => {
  const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { node: string } };
  const named = [...(read('Dockerfile') + read('docker-compose.yml')).matchAll(/node:(\d[\d.]*)-/g)];

  expect(new Set(named.map(([, version]) => version))).toEqual(new Set([devDependencies.node]));
});
