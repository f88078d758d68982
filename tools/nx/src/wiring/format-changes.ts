import type { Tree } from '@nx/devkit';
import { formatted } from '../format.ts';

/** Lays out the files that were changed, but for those that are laid out already. */
export async function formatChanges(tree: Tree, done: ReadonlyMap<string, unknown>): Promise<void> {
  for (const { path, type, content } of tree.listChanges()) {
    if (type === 'DELETE' || done.has(path) || content === null) continue;
    tree.write(path, await formatted(path, content.toString()));
  }
}
