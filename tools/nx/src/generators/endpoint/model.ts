import path from 'node:path';
import type { Tree } from '@nx/devkit';
import ts from 'typescript';
import { find, members, nameOf } from '../../edit/place.ts';
import { parsedSources, parseSource } from './parsed.ts';
import type { EndpointPlan } from './plan.ts';

/** What an app has already that shows how another method of it looks: its endpoint that gets a resource. */
export interface EndpointModel {
  /** The file with the endpoints, and the function that returns them. */
  readonly endpoints: ts.SourceFile;
  readonly factory: ts.FunctionDeclaration;
  /** `getOrder: async ({ name }, context) => …` */
  readonly member: ts.PropertyAssignment;
  readonly handler: ts.ArrowFunction;
  /** The whole answer, `toMessage(await orders.get(…))`, and within it the call of the service. */
  readonly answer: ts.CallExpression;
  readonly call: ts.CallExpression;
  /** The name of the service's method where it is called. */
  readonly callee: ts.MemberName;
  /** What makes a message of what the service resolves to: `toMessage`. */
  readonly converter: string;
  /** The file with the class of the domain, the class, and the method that is called. */
  readonly service: ts.SourceFile;
  readonly className: string;
  readonly method: ts.MethodDeclaration;
  /** What the method resolves to: `Order`. */
  readonly domainType: string;
}

/** The endpoint that gets a resource, with what it calls; undefined when the app has none of that shape. */
export function modelOf(tree: Tree, { app, contract, resource }: EndpointPlan): EndpointModel | undefined {
  for (const endpoints of parsedSources(tree, `${app}/src`)) {
    const alias = aliasOf(endpoints, contract);
    const factory = endpoints.statements
      .filter(ts.isFunctionDeclaration)
      .find((one) => alias !== undefined && returnsEndpointsOf(one, alias));
    const holder = factory?.name && find(endpoints, { returnedBy: factory.name.text });
    const member = holder && members(holder).find((one) => nameOf(one, endpoints) === `get${resource.pascal}`);
    if (factory === undefined || member === undefined || !ts.isPropertyAssignment(member)) continue;
    const { initializer: handler } = member;
    const answer = ts.isArrowFunction(handler) ? answerIn(handler, factory) : undefined;
    const service = answer && serviceOf(tree, answer, endpoints, factory);
    if (answer === undefined || service === undefined || !ts.isArrowFunction(handler)) continue;
    return { endpoints, factory, member, handler, ...answer, ...service };
  }
  return undefined;
}

/** What a file calls the contract that it imports. */
function aliasOf(file: ts.SourceFile, contract: string): string | undefined {
  return importsOf(file).find(({ name, module }) => name === contract && module.includes('/contracts/'))?.local;
}

export interface Imported {
  readonly name: string;
  readonly local: string;
  readonly module: string;
  /** As it stands in the import: `type Order as OrderMessage`. */
  readonly text: string;
}

/** All names that a file imports. */
export function importsOf(file: ts.SourceFile): readonly Imported[] {
  return file.statements.filter(ts.isImportDeclaration).flatMap(({ importClause, moduleSpecifier }) => {
    const named = importClause?.namedBindings;
    if (named === undefined || !ts.isNamedImports(named) || !ts.isStringLiteral(moduleSpecifier)) return [];
    const isType = importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return named.elements.map((element) => ({
      name: (element.propertyName ?? element.name).text,
      local: element.name.text,
      module: moduleSpecifier.text,
      text: `${isType ? 'type ' : ''}${element.getText(file)}`,
    }));
  });
}

function returnsEndpointsOf({ type }: ts.FunctionDeclaration, alias: string): boolean {
  if (type === undefined || !ts.isTypeReferenceNode(type) || type.typeName.getText() !== 'Endpoints') return false;
  const [contract] = type.typeArguments ?? [];
  return contract !== undefined && ts.isTypeQueryNode(contract) && contract.exprName.getText() === alias;
}

function answerIn(handler: ts.ArrowFunction, factory: ts.FunctionDeclaration) {
  const answers: Pick<EndpointModel, 'answer' | 'call' | 'callee' | 'converter'>[] = [];
  const visit = (node: ts.Node): void => {
    const awaited = ts.isCallExpression(node) && node.arguments.length === 1 ? node.arguments[0] : undefined;
    if (ts.isCallExpression(node) && awaited !== undefined && ts.isAwaitExpression(awaited)) {
      const { expression: call } = awaited;
      const service = ts.isCallExpression(call) && ts.isPropertyAccessExpression(call.expression) && call.expression;
      if (service && ts.isCallExpression(call) && parameterOf(factory, service.expression) !== undefined) {
        answers.push({ answer: node, call, callee: service.name, converter: node.expression.getText() });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(handler.body);
  return answers.length === 1 ? answers[0] : undefined;
}

function parameterOf(factory: ts.FunctionDeclaration, expression: ts.Expression) {
  return factory.parameters.find(({ name }) => ts.isIdentifier(expression) && name.getText() === expression.text);
}

function serviceOf(
  tree: Tree,
  { call, callee }: Pick<EndpointModel, 'call' | 'callee'>,
  endpoints: ts.SourceFile,
  factory: ts.FunctionDeclaration,
) {
  const receiver = ts.isPropertyAccessExpression(call.expression) ? call.expression.expression : call.expression;
  const type = parameterOf(factory, receiver)?.type?.getText();
  const imported = importsOf(endpoints).find(({ local }) => local === type);
  if (!imported?.module.startsWith('.')) return undefined;
  const service = parseSource(tree, path.posix.join(path.posix.dirname(endpoints.fileName), imported.module));
  const declaration = service?.statements
    .filter(ts.isClassDeclaration)
    .find(({ name }) => name?.text === imported.name);
  const method = declaration?.members
    .filter(ts.isMethodDeclaration)
    .find(({ name }) => name.getText(service) === callee.text);
  const domainType = method?.type && promisedBy(method.type);
  if (service === undefined || method === undefined || domainType === undefined) return undefined;
  return { service, className: imported.name, method, domainType };
}

function promisedBy(type: ts.TypeNode): string | undefined {
  if (!ts.isTypeReferenceNode(type) || type.typeName.getText() !== 'Promise') return undefined;
  return type.typeArguments?.[0]?.getText();
}
