import path from 'node:path';
import { logger, type GeneratorCallback, type Tree } from '@nx/devkit';
import { namesOf, requireKebab } from '../../names.ts';
import { generateContracts, installPackages } from '../../programs.ts';
import { Refusal } from '../../refusal.ts';
import { formatChanges } from '../../wiring/format-changes.ts';
import { wirings } from '../../wiring/wiring.ts';
import { readWorkspace } from '../../workspace.ts';
import { contractPath } from '../service/files.ts';
import { planOf, recordOf } from '../service/plan.ts';
import { unsavedEdits } from './unsaved-edits.ts';

export interface RemoveServiceOptions {
  readonly name: string;
  readonly force?: boolean;
}

/**
 * Takes a service that was generated out again, with all that lists it. Rejects with a Refusal, having written nothing,
 * when work would be lost that is in no commit.
 */
export default async function removeService(
  tree: Tree,
  { name, force = false }: RemoveServiceOptions,
): Promise<GeneratorCallback> {
  requireKebab(name, 'service');
  if (recordOf(tree, name) === undefined) throw new Refusal(`There is no service ${name} in apps/.`);
  const workspace = readWorkspace(tree);
  const plan = planOf(tree, { name });
  const names = namesOf(name);
  const folders = [
    `apps/${name}`,
    path.dirname(path.dirname(contractPath({ protoRoot: workspace.protoRoot, s: names }))),
    `libs/contracts/src/${name}.ts`,
  ];

  const unsaved = force ? [] : await unsavedEdits(tree, plan, workspace);
  if (unsaved.length > 0) {
    throw new Refusal(
      `Written by hand and in no commit:\n  ${unsaved.join('\n  ')}\nCommit it first, or say --force to lose it.`,
    );
  }
  for (const wiring of wirings) {
    wiring.remove(tree, { ...plan, contract: `${plan.resource.names.pascal}Service` }, workspace);
  }
  for (const folder of folders) tree.delete(folder);
  await formatChanges(tree, new Map());

  return () => {
    generateContracts();
    installPackages();
    logger.info(`Its databases are left: drop the database ${name} where you do not need it any more.`);
  };
}
