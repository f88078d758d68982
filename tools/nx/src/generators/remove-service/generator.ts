import { logger, type GeneratorCallback, type Tree } from '@nx/devkit';
import { namesOf, requireKebab } from '../../names.ts';
import { generateContracts, installPackages } from '../../programs.ts';
import { Refusal } from '../../refusal.ts';
import { formatChanges } from '../../wiring/format-changes.ts';
import { retire } from '../../wiring/retired.ts';
import { wirings } from '../../wiring/wiring.ts';
import { readWorkspace } from '../../workspace.ts';
import { contractFolder } from '../service/files.ts';
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
  const contract = contractFolder({ protoRoot: workspace.protoRoot, s: namesOf(name) });

  const unsaved = force ? [] : await unsavedEdits(tree, plan, workspace);
  if (unsaved.length > 0) {
    throw new Refusal(
      `Written by hand and in no commit:\n  ${unsaved.join('\n  ')}\nCommit it first, or say --force to lose it.`,
    );
  }
  for (const wiring of wirings) {
    wiring.remove(tree, { ...plan, contract: `${plan.resource.names.pascal}Service` }, workspace);
  }
  for (const path of [`apps/${name}`, contract, `libs/contracts/src/${name}.ts`]) tree.delete(path);
  retire(tree, contract);
  await formatChanges(tree, new Map());

  return () => {
    generateContracts();
    installPackages();
    if (tree.exists(`clients/${name}`))
      logger.info(`clients/${name} is left: remove it once nobody builds it any more.`);
    if (plan.database) logger.info(`Its data are left: drop the database ${name} where nobody needs it any more.`);
  };
}
