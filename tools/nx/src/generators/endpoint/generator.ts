import type { GeneratorCallback, Tree } from '@nx/devkit';
import { formatted } from '../../format.ts';
import { generateContracts, run } from '../../programs.ts';
import { Refusal } from '../../refusal.ts';
import { editSource } from '../../wiring/edit-source.ts';
import { formatChanges } from '../../wiring/format-changes.ts';
import { readWorkspace } from '../../workspace.ts';
import { LeftAlone, writeOnce } from '../../written.ts';
import { codeOf, type EndpointCode } from './code.ts';
import { declarationOf, declare } from './declaration.ts';
import { modelOf, type EndpointModel } from './model.ts';
import { planOf, type EndpointOptions, type EndpointPlan } from './plan.ts';
import { stageOf } from './stage.ts';
import { testOf, testPath } from './test-file.ts';

/**
 * Adds a method to a service, from its contract to its test. What the service has of it already stays as it is. Rejects
 * with a Refusal, having written nothing.
 */
export default async function endpoint(tree: Tree, options: EndpointOptions): Promise<GeneratorCallback> {
  const plan = planOf(tree, options);
  const model = modelOf(tree, plan);
  const code = model && codeOf(plan, model);
  if (model === undefined || code === undefined) throw notLikeOthers(tree, plan);
  const leftAlone = new LeftAlone();

  if (plan.isDeclared) leftAlone.add(`${plan.contract}.${plan.method.pascal} in ${plan.proto.path}`, 'it is there');
  else declare(tree, plan);
  addToService(tree, plan, { model, code, leftAlone });
  const isNew = addToEndpoints(tree, plan, { model, code, leftAlone });
  if (isNew) await addTest(tree, plan, { model, leftAlone });
  await formatChanges(tree, new Map([[testPath(plan), undefined]]));
  const hasChanged = tree.listChanges().length > 0;

  return () => {
    leftAlone.tell();
    if (!hasChanged) return;
    run('buf', 'format', '--write', plan.proto.path);
    generateContracts();
  };
}

interface Parts {
  readonly model: EndpointModel;
  readonly code: EndpointCode;
  readonly leftAlone: LeftAlone;
}

function addToService(tree: Tree, { action }: EndpointPlan, { model, code, leftAlone }: Parts): void {
  const { fileName } = model.service;
  editSource(tree, fileName, (source) => {
    const place = { type: model.className };
    if (source.has(place, action.camel))
      leftAlone.add(`${model.className}.${action.camel} in ${fileName}`, 'it is there');
    else source.add(place, code.method, action.camel);
  });
}

/** Whether there was none of that name. */
function addToEndpoints(tree: Tree, { method }: EndpointPlan, { model, code, leftAlone }: Parts): boolean {
  const { fileName } = model.endpoints;
  const place = { returnedBy: model.factory.name?.text ?? '' };
  let isNew = false;
  editSource(tree, fileName, (source) => {
    isNew = !source.has(place, method.camel);
    if (!isNew) leftAlone.add(`${method.camel} in ${fileName}`, 'it is there');
    else source.add(place, code.member, method.camel);
    for (const [name, text] of Object.entries(isNew ? code.functions : {})) {
      if (!source.declares(name)) source.declareAfter(place.returnedBy, text);
    }
  });
  return isNew;
}

async function addTest(tree: Tree, plan: EndpointPlan, { model, leftAlone }: Omit<Parts, 'code'>): Promise<void> {
  const path = testPath(plan);
  const stage = stageOf(tree, plan, model);
  if (stage === undefined) {
    leftAlone.add(
      path,
      `no test in ${plan.app}/src shows how to make its endpoints on a real repository: write this one`,
    );
    return;
  }
  const text = testOf(plan, model, stage, readWorkspace(tree).name);
  writeOnce(tree, path, await formatted(path, text), leftAlone);
}

function notLikeOthers(tree: Tree, plan: EndpointPlan): Refusal {
  const { app, contract, method, action, resource, proto } = plan;
  return new Refusal(
    `No function in ${app}/src returns the endpoints of ${contract} with one like this, which the new one would follow:\n\n` +
      `  get${resource.pascal}: async ({ name }, context) =>\n` +
      `    toMessage(await ${plan.collection}.get(callerOf(context), idFrom('${plan.collection}', name, 'name'))),\n\n` +
      `Write ${method.pascal} by hand, then: npm run generate\n\n` +
      `1. in ${proto.path}:\n\n${indented(declarationOf(plan, readWorkspace(tree)))}\n\n` +
      `2. in the class that knows the rule: ${action.camel}(…)\n` +
      `3. in the function that returns the endpoints of ${contract}: ${method.camel}: async (request, context) => …`,
  );
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
