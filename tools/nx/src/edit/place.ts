import ts from 'typescript';

/** Where something stands in a file of TypeScript, told by names rather than by lines. */
export type Place =
  /** What a top-level constant is set to: `const services = [...]`. */
  | { readonly variable: string }
  /** The first argument of the first call of a function: `z.object({...})`, or what one of its properties is set to. */
  | { readonly call: string; readonly property?: string }
  /** What a function returns: `return {...}`. */
  | { readonly returnedBy: string }
  /** The body of a class or an interface. */
  | { readonly type: string };

/** What has members to add to and to take from. */
export type Holder =
  ts.ArrayLiteralExpression | ts.ObjectLiteralExpression | ts.ClassDeclaration | ts.InterfaceDeclaration;

export type Member = ts.Expression | ts.ObjectLiteralElementLike | ts.ClassElement | ts.TypeElement;

/** What stands at a place; undefined when it is not there, or is nothing that has members. */
export function find(file: ts.SourceFile, place: Place): Holder | undefined {
  if ('variable' in place) return literal(initializerOf(file, place.variable));
  if ('type' in place) return file.statements.filter(hasBody).find(({ name }) => name?.text === place.type);
  if ('returnedBy' in place) return literal(returnedBy(file, place.returnedBy));
  const { call, property } = place;
  const argument = first(file, (node) => ts.isCallExpression(node) && node.expression.getText(file) === call);
  const object = literal(argument !== undefined && ts.isCallExpression(argument) ? argument.arguments[0] : undefined);
  if (property === undefined || object === undefined) return object;
  const found = members(object).find((member) => nameOf(member, file) === property);
  return literal(found !== undefined && ts.isPropertyAssignment(found) ? found.initializer : undefined);
}

/** A place as people call it. */
export function said(place: Place): string {
  if ('variable' in place) return `the value of const ${place.variable}`;
  if ('type' in place) return place.type;
  if ('returnedBy' in place) return `what ${place.returnedBy} returns`;
  return place.property === undefined ? `${place.call}({…})` : `${place.property} in ${place.call}({…})`;
}

export function members(holder: Holder): readonly Member[] {
  if (ts.isArrayLiteralExpression(holder)) return holder.elements;
  if (ts.isObjectLiteralExpression(holder)) return holder.properties;
  return holder.members;
}

/**
 * What a member is called: a property or method by its name, a text or an identifier by itself, an object by its `name`, a
 * call by the function and its first argument, as in `publishLocal(UserService)`.
 */
export function nameOf(member: Member, file: ts.SourceFile): string {
  if (ts.isStringLiteral(member)) return member.text;
  if (ts.isCallExpression(member))
    return `${member.expression.getText(file)}(${member.arguments[0]?.getText(file) ?? ''})`;
  if (ts.isObjectLiteralExpression(member)) {
    const name = member.properties.filter(ts.isPropertyAssignment).find((one) => one.name.getText(file) === 'name');
    return name !== undefined && ts.isStringLiteral(name.initializer) ? name.initializer.text : member.getText(file);
  }
  const { name } = member as { readonly name?: ts.PropertyName }; // Of a property, a method or a signature.
  if (name === undefined) return member.getText(file);
  return ts.isStringLiteral(name) ? name.text : name.getText(file);
}

/** The statement that declares a top-level constant, function, class, interface or type. */
export function declarationOf(file: ts.SourceFile, name: string): ts.Statement | undefined {
  return file.statements.find((statement) => declares(statement, name));
}

/** Whether a statement declares a constant, function, class, interface or type. */
export function declares(statement: ts.Statement, name: string): boolean {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.some((one) => one.name.getText() === name);
  }
  return isNamed(statement) && statement.name?.text === name;
}

/** The first node that matches: the one given, or one below it. */
export function first(node: ts.Node, matches: (node: ts.Node) => boolean): ts.Node | undefined {
  return matches(node) ? node : ts.forEachChild(node, (child) => first(child, matches));
}

function initializerOf(file: ts.SourceFile, variable: string): ts.Expression | undefined {
  return file.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .find(({ name }) => name.getText(file) === variable)?.initializer;
}

function returnedBy(file: ts.SourceFile, name: string): ts.Expression | undefined {
  const body = file.statements.filter(ts.isFunctionDeclaration).find((one) => one.name?.text === name)?.body;
  return body?.statements.find(ts.isReturnStatement)?.expression;
}

/** The list or object that an expression is, whatever it `satisfies`. */
function literal(expression: ts.Expression | undefined): Holder | undefined {
  if (expression === undefined) return undefined;
  if (ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression)) return literal(expression.expression);
  return ts.isArrayLiteralExpression(expression) || ts.isObjectLiteralExpression(expression) ? expression : undefined;
}

function hasBody(statement: ts.Statement): statement is ts.ClassDeclaration | ts.InterfaceDeclaration {
  return ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement);
}

function isNamed(statement: ts.Statement) {
  return hasBody(statement) || ts.isFunctionDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
}
