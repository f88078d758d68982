import { beforeEach, expect, test } from 'vitest';
import type { Tree } from '@nx/devkit';
import { parse } from 'yaml';
import { writeService } from '../generators/service/generator.ts';
import { changesOf, repositoryTree, textOf } from '../testing/repository.ts';

const file = 'docker-compose.yml';

interface Compose {
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

let tree: Tree;

beforeEach(() => {
  tree = repositoryTree();
});

function composed(): Compose {
  return parse(textOf(tree, file), { merge: true }) as Compose;
}

test('a service runs as the sample order does', async () => {
  await writeService(tree, { name: 'specimen', port: 50140 });

  const { services, volumes } = composed();
  const asOrder = (service: unknown) =>
    JSON.parse(JSON.stringify(service).replaceAll('specimen', 'order').replaceAll('50140', '50052')) as unknown;
  expect(asOrder(services.specimen)).toEqual(services.order);
  expect(asOrder(services['specimen-database'])).toEqual(services['order-database']);
  expect(services.secrets).toMatchObject({
    command: expect.arrayContaining(['specimen']) as unknown,
    volumes: expect.arrayContaining(['specimen-secrets:/secrets/specimen']) as unknown,
  });
  expect(services.gateway).toMatchObject({ environment: { SPECIMEN_URL: 'consul://consul:8500/specimen' } });
  expect(volumes).toHaveProperty('specimen-secrets');
  expect(textOf(tree, file)).toMatch(/\n\n {2}specimen:\n {4}<<: \*process\n {4}image: \S+-specimen\n/);
});

test('without a database and routes it has no job, no secret, and is unknown to the gateway', async () => {
  await writeService(tree, { name: 'specimen', database: false, public: false });

  const { services, volumes } = composed();
  expect(services.specimen).not.toHaveProperty('volumes');
  expect(JSON.stringify([services.gateway, services.secrets, volumes])).not.toMatch(/specimen/i);
  expect(services).not.toHaveProperty('specimen-database');
});

test('a workspace that has done without Docker stays so', async () => {
  tree.delete(file);

  await writeService(tree, { name: 'specimen' });

  expect(tree.exists(file)).toBe(false);
  expect(changesOf(tree).has(file)).toBe(true);
});
