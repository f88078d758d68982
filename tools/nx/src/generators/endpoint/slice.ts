import ts from 'typescript';
import { declarationOf, declares } from '../../edit/place.ts';
import { importsOf, type Imported } from './model.ts';

/** What an expression of a test needs to stand elsewhere. */
export interface Slice {
  readonly imports: readonly Imported[];
  /** Declarations and hooks of the top of the file, in its order. */
  readonly outer: readonly string[];
  /** Constants of the functions that the expression is in. */
  readonly inner: readonly string[];
}

const before: ReadonlySet<string> = new Set(['beforeAll', 'beforeEach']);
const after: ReadonlySet<string> = new Set(['afterAll', 'afterEach']);

/** Collects what expressions of a file refer to, and what that refers to in turn. */
export function sliceOf(file: ts.SourceFile, expressions: readonly ts.Node[]): Slice {
  const imported = importsOf(file);
  const imports = new Set<Imported>();
  const outer = new Map<ts.Statement, string>();
  const inner = new Set<ts.Statement>();
  expressions.forEach(follow);
  return {
    imports: [...imports],
    outer: inOrder(outer.keys()).map((one) => outer.get(one) ?? ''),
    inner: inOrder(inner).map(textOf),
  };

  function follow(node: ts.Node): void {
    for (const identifier of referencesIn(node)) resolve(identifier);
  }

  function resolve(identifier: ts.Identifier): void {
    const name = identifier.text;
    const local = localConstant(identifier);
    const own = imported.find((one) => one.local === name);
    const top = declarationOf(file, name);
    if (local !== undefined) {
      if (inner.has(local)) return;
      inner.add(local);
      follow(local);
    } else if (own !== undefined) imports.add(own);
    else if (top !== undefined && !outer.has(top)) {
      outer.set(top, textOf(top));
      follow(top);
      for (const statement of file.statements) takeHook(statement, name);
    }
  }

  function takeHook(statement: ts.Statement, name: string): void {
    const hook = hookIn(statement);
    if (hook === undefined || outer.has(statement)) return;
    const assignments = hook.statements.filter((one) => assigns(one, name));
    if (before.has(hook.name) && assignments.length > 0) {
      outer.set(statement, `${hook.name}(async () => {\n${assignments.map(textOf).join('\n')}\n});`);
      for (const one of assignments) follow(one);
      resolveName(hook.name);
    }
    if (after.has(hook.name) && referencesIn(statement).some(({ text }) => text === name)) {
      outer.set(statement, textOf(statement));
      follow(statement);
    }
  }

  function resolveName(name: string): void {
    const own = imported.find((one) => one.local === name);
    if (own !== undefined) imports.add(own);
  }
}

/** Names that a node uses, but for those of properties. */
function referencesIn(node: ts.Node): readonly ts.Identifier[] {
  const found: ts.Identifier[] = [];
  const visit = (one: ts.Node): void => {
    if (ts.isIdentifier(one) && !isPropertyName(one)) found.push(one);
    ts.forEachChild(one, visit);
  };
  visit(node);
  return found;
}

function isPropertyName(identifier: ts.Identifier): boolean {
  const { parent } = identifier;
  if (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) return parent.name === identifier;
  return false;
}

/** The statement of an enclosing function that declares a name as a constant. */
function localConstant(identifier: ts.Identifier): ts.Statement | undefined {
  for (let node: ts.Node = identifier.parent; !ts.isSourceFile(node); node = node.parent) {
    const found = ts.isBlock(node) ? node.statements.find((one) => declares(one, identifier.text)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function hookIn(statement: ts.Statement) {
  const call = ts.isExpressionStatement(statement) ? statement.expression : undefined;
  if (call === undefined || !ts.isCallExpression(call) || !ts.isIdentifier(call.expression)) return undefined;
  const [body] = call.arguments;
  const block =
    body !== undefined && ts.isArrowFunction(body) && ts.isBlock(body.body) ? [...body.body.statements] : [];
  return { name: call.expression.text, statements: block };
}

function assigns(statement: ts.Statement, name: string): boolean {
  const expression = ts.isExpressionStatement(statement) ? statement.expression : undefined;
  return expression !== undefined && ts.isBinaryExpression(expression) && expression.left.getText() === name;
}

function inOrder(statements: Iterable<ts.Statement>): readonly ts.Statement[] {
  return [...statements].toSorted((one, other) => one.getStart() - other.getStart());
}

function textOf(node: ts.Node): string {
  return node.getText();
}
