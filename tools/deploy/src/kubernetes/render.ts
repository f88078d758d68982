import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

/** What every object of Kubernetes says of itself. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> };
}

const root = new URL('../../../../deploy/kubernetes/', import.meta.url);

/** All objects that a folder of deploy/kubernetes stands for, as kustomize renders them. */
export function rendered(program: string, folder: string): readonly Manifest[] {
  const yaml = execFileSync(program, ['build', fileURLToPath(new URL(folder, root))], { encoding: 'utf8' });
  return parseAllDocuments(yaml).map((document) => {
    const manifest = document.toJS() as Manifest & { readonly data?: object }; // Kustomize renders nothing else.
    if (manifest.kind !== 'Secret') return manifest;
    // Long ones it breaks into lines, which a cluster takes, but no schema.
    const data = Object.entries(manifest.data ?? {}).map(([key, value]) => [key, String(value).replace(/\s/g, '')]);
    return { ...manifest, data: Object.fromEntries(data) as object };
  });
}
