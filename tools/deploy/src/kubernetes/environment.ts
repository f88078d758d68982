import path from 'node:path';
import { ConfigMap, Secret, type IPodSpec } from 'kubernetes-models/v1';
import type { Manifest } from './render.ts';

type Environment = Readonly<Record<string, string>>;

/**
 * The environment that the container of a pod starts with, where `NAME_FILE` names a file of a Secret: `NAME`, with what
 * that has. Throws when a ConfigMap or a Secret is not among the manifests, or has no such file.
 */
export function environmentOf(
  pod: IPodSpec | undefined,
  manifests: readonly Manifest[],
  namespace: string,
): Environment {
  const [{ env = [], envFrom = [], volumeMounts = [] } = {}] = pod?.containers ?? [];
  const shared = envFrom.map(({ configMapRef }) => dataOf(manifests, ConfigMap.is, configMapRef?.name));
  const own = env.map(({ name, value = namespace }) => {
    if (!name.endsWith('_FILE')) return [name, value.replaceAll('$(NAMESPACE)', namespace)] as const;
    const mount = volumeMounts.find(({ mountPath }) => mountPath === path.posix.dirname(value));
    const volume = pod?.volumes?.find((one) => one.name === mount?.name);
    const secret = dataOf(manifests, Secret.is, volume?.secret?.secretName);
    const content = secret[path.posix.basename(value)];
    if (content === undefined) throw new Error(`${name}: no Secret has ${value}`);
    return [name.slice(0, -'_FILE'.length), Buffer.from(content, 'base64').toString()] as const;
  });
  return Object.assign({}, ...shared, Object.fromEntries(own)) as Environment; // All of them are.
}

interface Holder extends Manifest {
  readonly data?: Environment;
}

function dataOf(
  manifests: readonly Manifest[],
  isKind: (manifest: unknown) => manifest is Holder,
  name: string | undefined,
): Environment {
  const found = manifests.filter(isKind).find(({ metadata }) => metadata?.name === name);
  if (found === undefined) throw new Error(`there is nothing called ${name}, which a container needs`);
  return found.data ?? {};
}
