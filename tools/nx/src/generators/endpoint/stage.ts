import path from 'node:path';
import type { Tree } from '@nx/devkit';
import ts from 'typescript';
import { first } from '../../edit/place.ts';
import type { EndpointModel } from './model.ts';
import { parsedSources, parsedTests } from './parsed.ts';
import type { EndpointPlan } from './plan.ts';
import { sliceOf, type Slice } from './slice.ts';

/** How a test of an app makes its endpoints on the real repository, as its other tests do. */
export interface Stage extends Slice {
  /** Statements that make `repository`, where the others do not. */
  readonly repository: readonly string[];
  /** Makes the class of the domain. */
  readonly service: string;
  /** What else the function takes that makes the endpoints. */
  readonly rest: readonly string[];
  /** What is called to store a resource, and what it takes besides that. */
  readonly insert: string;
  readonly insertRest: readonly string[];
  /** Makes a resource, and where that is imported from. */
  readonly make: string;
  readonly makeModule: string;
}

/** Learns from the tests of an app how to make its endpoints. Undefined when they do not show it. */
export function stageOf(tree: Tree, { app }: EndpointPlan, model: EndpointModel): Stage | undefined {
  const maker = makerOf(tree, app, model.domainType);
  const tests = parsedTests(tree, `${app}/src`);
  if (maker === undefined) return undefined;
  const factory = model.factory.name?.text ?? '';
  const needed = model.factory.parameters.filter(isRequired).length;

  for (const test of tests) {
    const made = first(test, (node) => ts.isNewExpression(node) && node.expression.getText() === model.className);
    const whole = first(test, (node) => ts.isCallExpression(node) && node.expression.getText() === factory);
    const rest = whole !== undefined && ts.isCallExpression(whole) ? whole.arguments.slice(1, needed) : [];
    if (made === undefined || !ts.isNewExpression(made) || rest.length < needed - 1) continue;
    const [dependency] = made.arguments ?? [];
    const store = dependency && storeOf(dependency, tests);
    if (dependency === undefined || store === undefined) continue;
    const slice = sliceOf(test, [dependency, ...rest]);
    const isPlain = !ts.isObjectLiteralExpression(dependency);
    return {
      ...slice,
      imports: slice.imports.filter(({ module }) => module !== './endpoints.ts'),
      repository:
        isPlain && dependency.getText() !== 'repository' ? [`const repository = ${dependency.getText()};`] : [],
      service: `new ${model.className}(${isPlain ? 'repository' : dependency.getText()})`,
      rest: rest.map((one) => one.getText()),
      insert: isPlain ? 'repository' : store.name,
      insertRest: store.rest,
      ...maker,
    };
  }
  return undefined;
}

/** What holds the resources, among what the class takes, and what storing one takes besides the resource. */
function storeOf(dependency: ts.Expression, tests: readonly ts.SourceFile[]) {
  const candidates = ts.isObjectLiteralExpression(dependency)
    ? dependency.properties.map((one) => (ts.isPropertyAssignment(one) ? one.initializer : one.name)?.getText() ?? '')
    : [dependency.getText()];
  const own = candidates.flatMap((name) =>
    insertionsIn(tests, (text) => text === name).map((rest) => ({ name, rest })),
  );
  const any = ts.isObjectLiteralExpression(dependency)
    ? []
    : insertionsIn(tests, () => true).map((rest) => ({ name: dependency.getText(), rest }));
  return own[0] ?? any[0];
}

/** What calls of `insert` give besides a resource, where it is plain to see. */
function insertionsIn(tests: readonly ts.SourceFile[], isStore: (text: string) => boolean): readonly string[][] {
  const found: string[][] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const rest = node.arguments.slice(1);
      const isInsert = node.expression.name.text === 'insert' && isStore(node.expression.expression.getText());
      if (isInsert && rest.every(ts.isLiteralExpression)) found.push(rest.map((one) => one.getText()));
    }
    ts.forEachChild(node, visit);
  };
  tests.forEach(visit);
  return found;
}

/** The function among what the tests share that makes a resource of nothing. */
function makerOf(tree: Tree, app: string, domainType: string) {
  for (const file of parsedSources(tree, `${app}/src/testing`)) {
    const found = file.statements.filter(ts.isFunctionDeclaration).find(({ modifiers, type, parameters }) => {
      const isExported = modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
      return isExported && type?.getText() === domainType && !parameters.some(isRequired);
    });
    if (found?.name !== undefined) {
      return { make: found.name.text, makeModule: `./testing/${path.posix.basename(file.fileName)}` };
    }
  }
  return undefined;
}

function isRequired({ initializer, questionToken, dotDotDotToken }: ts.ParameterDeclaration): boolean {
  return initializer === undefined && questionToken === undefined && dotDotDotToken === undefined;
}
