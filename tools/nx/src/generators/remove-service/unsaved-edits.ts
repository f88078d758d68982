import { spawnSync } from 'node:child_process';
import type { Tree } from '@nx/devkit';
import { formatted } from '../../format.ts';
import type { Workspace } from '../../workspace.ts';
import { filesOf } from '../service/files.ts';
import { modelOf, type ServicePlan } from '../service/model.ts';
import { portOf } from '../service/taken.ts';

/** Files of the service that differ both from what was generated and from the last commit. */
export async function unsavedEdits(tree: Tree, plan: ServicePlan, workspace: Workspace): Promise<readonly string[]> {
  const generated = filesOf(modelOf(plan, workspace, portOf(tree, 'user') ?? 50051), tree);
  const unsaved: string[] = [];
  for (const path of uncommitted(tree.root, [`apps/${plan.names.kebab}`, ...generated.keys()])) {
    const text = generated.get(path);
    const isAsGenerated = text !== undefined && (await formatted(path, text)) === tree.read(path, 'utf8');
    if (!isAsGenerated && tree.exists(path)) unsaved.push(path);
  }
  return unsaved;
}

/** Files that are new, or changed since the last commit; none where git knows nothing. */
function uncommitted(root: string, paths: readonly string[]): readonly string[] {
  const args = ['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames', '--', ...paths];
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) return [];
  return stdout.split('\0').flatMap((line) => (line === '' ? [] : line.slice(3)));
}
