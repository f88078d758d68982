import type { Tree } from '@nx/devkit';
import { addToList, removeFromList } from '../edit/yaml.ts';
import type { Wiring } from './wiring.ts';

const folder = 'deploy/kubernetes';
const base = `${folder}/base/kustomization.yaml`;
const processes = `${folder}/base/patches/processes.yaml`;
const environment = ['spec', 'template', 'spec', 'containers', '0', 'env'];
const example = `${folder}/overlays/example/kustomization.yaml`;

/** What the system is in Kubernetes: the manifests of the base, where each service is, and what the example says of it. */
export const kubernetes: Wiring = {
  add(tree, { names, port, database }, { name: scope }) {
    const { kebab, constant } = names;
    if (tree.exists(base)) {
      addToList(tree, base, ['resources'], `services/${kebab}.yaml`);
      const value = `dns:${kebab}.$(NAMESPACE).svc.cluster.local:${port}`;
      addToList(tree, processes, environment, { name: `${constant}_URL`, value });
    }
    if (tree.exists(example)) {
      const image = `${scope}-${kebab}`;
      addToList(tree, example, ['images'], { name: image, newName: `registry.example.com/${image}`, newTag: '1.0.0' });
      if (database) addToList(tree, example, ['secretGenerator'], { name: kebab, envs: [`secrets/${kebab}.env`] });
    }
  },
  remove(tree, { names }, { name: scope }) {
    const { kebab, constant } = names;
    if (tree.exists(base)) {
      removeFromList(tree, base, ['resources'], `services/${kebab}.yaml`);
      removeFromList(tree, processes, environment, `${constant}_URL`);
    }
    if (tree.exists(example)) {
      removeFromList(tree, example, ['images'], `${scope}-${kebab}`);
      removeFromList(tree, example, ['secretGenerator'], kebab);
    }
    for (const path of kubernetesFiles(tree, kebab).values()) if (tree.exists(path)) tree.delete(path);
  },
};

/** Where a service has files of its own, by their templates: none where the workspace has done without Kubernetes. */
export function kubernetesFiles(tree: Tree, service: string): ReadonlyMap<'service.yaml' | 'secrets.env', string> {
  const manifest = ['service.yaml', `${folder}/base/services/${service}.yaml`] as const;
  const secrets = ['secrets.env', `${folder}/overlays/example/secrets/${service}.env`] as const;
  return new Map([...(tree.exists(base) ? [manifest] : []), ...(tree.exists(example) ? [secrets] : [])]);
}
