import type { Tree } from '@nx/devkit';
import { beforeEach, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { writeService } from '../generators/service/generator.ts';
import { changesOf, repositoryTree, textOf } from '../testing/repository.ts';

const base = 'deploy/kubernetes/base';
const example = 'deploy/kubernetes/overlays/example';

let tree: Tree;

beforeEach(() => {
  tree = repositoryTree();
});

test('the sample order is in Kubernetes what the generator makes', async () => {
  await writeService(tree, { name: 'specimen', port: 50140 });

  const manifests = textOf(tree, `${base}/services/specimen.yaml`);
  expect(manifests.replaceAll('specimen', 'order').replaceAll('50140', '50052')).toBe(
    textOf(tree, `${base}/services/order.yaml`),
  );
});

test('a service is found by its callers, and has an image and a secret in the example', async () => {
  await writeService(tree, { name: 'polar-bear', port: 50140 });

  expect(listIn(`${base}/kustomization.yaml`, 'resources')).toContain('services/polar-bear.yaml');
  expect(textOf(tree, `${base}/patches/processes.yaml`)).toContain(
    '- name: POLAR_BEAR_URL\n              value: dns:polar-bear.$(NAMESPACE).svc.cluster.local:50140\n',
  );
  expect(listIn(`${example}/kustomization.yaml`, 'images')).toContainEqual(
    expect.objectContaining({ newName: expect.stringMatching(/-polar-bear$/) as string }),
  );
  expect(listIn(`${example}/kustomization.yaml`, 'secretGenerator')).toContainEqual({
    name: 'polar-bear',
    envs: ['secrets/polar-bear.env'],
  });
  expect(textOf(tree, `${example}/secrets/polar-bear.env`)).toMatch(/^database_url=postgresql:\S+\/polar-bear/);
});

test('without a database and routes it has no migration, no secret, and no way in from the gateway', async () => {
  await writeService(tree, { name: 'okapis', database: false, public: false });

  const manifests = textOf(tree, `${base}/services/okapis.yaml`);
  expect(kindsIn(manifests)).toEqual(
    kindsIn(textOf(tree, `${base}/services/order.yaml`)).filter((kind) => kind !== 'Job'),
  );
  expect(manifests).not.toMatch(/secret|postgres|gateway/i);
  expect(listIn(`${example}/kustomization.yaml`, 'secretGenerator')).not.toContainEqual(
    expect.objectContaining({ name: 'okapis' }),
  );
  expect(tree.exists(`${example}/secrets/okapis.env`)).toBe(false);
});

test('where a workspace has done without Kubernetes, nothing of it comes back', async () => {
  const done = [base, example].map((folder) => `${folder}/kustomization.yaml`);
  for (const file of done) tree.delete(file);

  await writeService(tree, { name: 'okapis' });

  expect([...changesOf(tree).keys()].filter((path) => path.startsWith('deploy/'))).toEqual(done);
});

function listIn(file: string, name: string): unknown {
  return new Map(Object.entries(parse(textOf(tree, file)) as object)).get(name);
}

function kindsIn(manifests: string): readonly unknown[] {
  return parseAllDocuments(manifests).map((document) => document.get('kind'));
}
