import type { GeneratorCallback, Tree } from '@nx/devkit';
import { formatted } from '../../format.ts';
import { generateClients, generateContracts, installPackages } from '../../programs.ts';
import { formatChanges } from '../../wiring/format-changes.ts';
import { reinstate } from '../../wiring/retired.ts';
import { wirings } from '../../wiring/wiring.ts';
import { readWorkspace } from '../../workspace.ts';
import { LeftAlone, writeOnce } from '../../written.ts';
import { contractFolder, filesOf } from './files.ts';
import { modelOf } from './model.ts';
import { planOf, type ServiceOptions } from './plan.ts';
import { portOf } from './taken.ts';

/** Makes a service, wires it into the system, and generates what follows from its files. */
export default async function service(tree: Tree, options: ServiceOptions): Promise<GeneratorCallback> {
  const leftAlone = await writeService(tree, options);
  return () => {
    leftAlone.tell();
    generateContracts();
    generateClients();
    installPackages();
  };
}

/**
 * Writes a service and its places in the system. A service that was generated before gets what it lacks; what is there
 * stays as it is. Rejects with a Refusal.
 */
export async function writeService(tree: Tree, options: ServiceOptions): Promise<LeftAlone> {
  const workspace = readWorkspace(tree);
  const plan = planOf(tree, options);
  const model = modelOf(plan, workspace, portOf(tree, 'user') ?? 50051);
  const files = filesOf(model, tree);
  const leftAlone = new LeftAlone();

  for (const [path, text] of files) writeOnce(tree, path, await formatted(path, text), leftAlone);
  const wired = { ...plan, contract: `${plan.resource.names.pascal}Service` };
  for (const wiring of wirings) wiring.add(tree, wired, workspace);
  reinstate(tree, contractFolder(model));
  await formatChanges(tree, files);
  return leftAlone;
}
