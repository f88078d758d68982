import type { Tree } from '@nx/devkit';
import { Proto } from '../../edit/proto.ts';
import { namesOf } from '../../names.ts';
import { Refusal } from '../../refusal.ts';
import { protoFolder, readWorkspace } from '../../workspace.ts';

/** The folder of the app of a service. Throws a Refusal when there is no such service. */
export function requireService(tree: Tree, service: string): string {
  const services = tree.children('apps').filter((app) => tree.exists(folderOf(tree, app)));
  if (services.includes(service)) return `apps/${service}`;
  throw new Refusal(
    `There is no service '${service}'. There is: ${services.join(', ') || 'none'}. ` +
      'To make one: npx nx generate service payments',
  );
}

/** The contracts of a service, and the folder that they are in. */
export function contractsOf(
  tree: Tree,
  service: string,
): { readonly protos: readonly Proto[]; readonly folder: string } {
  const folder = folderOf(tree, service);
  return { protos: protosIn(tree, folder), folder };
}

/** All contracts below a folder. */
export function protosIn(tree: Tree, folder: string = protoFolder): readonly Proto[] {
  return tree.children(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    if (!tree.isFile(path)) return protosIn(tree, path);
    return name.endsWith('.proto') ? [new Proto(path, tree.read(path, 'utf8') ?? '')] : [];
  });
}

function folderOf(tree: Tree, service: string): string {
  return `${protoFolder}/${readWorkspace(tree).protoRoot}/${namesOf(service).snake}/v1`;
}
