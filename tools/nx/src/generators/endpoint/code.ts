import ts from 'typescript';
import { namesOf } from '../../names.ts';
import type { EndpointModel } from './model.ts';
import type { EndpointPlan } from './plan.ts';
import { streamsRequests } from './stream.ts';

/** What is added to the files of an app. */
export interface EndpointCode {
  /** Of the object that the endpoints are: `settlePayment: async …`. */
  readonly member: string;
  /** Of the class of the domain. */
  readonly method: string;
  /** Functions that the member calls, by their names. */
  readonly functions: Readonly<Record<string, string>>;
}

/** A change of a part of a text. */
interface Change {
  readonly node: ts.Node;
  readonly text: string;
}

const mapped = `async function* mapped<T, U>(items: AsyncIterable<T>, map: (item: T) => U): AsyncIterable<U> {
  for await (const item of items) yield map(item);
}`;

const callerIn = `/** Who makes the request; nobody, and no administrator, where they are not signed in. */
function callerIn(context: Parameters<typeof callerOf>[0]): ReturnType<typeof callerOf> {
  return context.principal === undefined ? { id: undefined, isAdmin: false } : callerOf(context);
}`;

/** The code of a method, after the model. Undefined when the model does not show how. */
export function codeOf(plan: EndpointPlan, model: EndpointModel): EndpointCode | undefined {
  const id = idArgumentOf(model);
  if (streamsRequests(plan.stream) && id === undefined) return undefined;
  const member = memberOf(plan, model, id);
  return {
    member,
    method: methodOf(plan, model, id),
    functions: {
      ...(/\bmapped\(/.test(member) && { mapped }),
      ...(/\bcallerIn\(/.test(member) && { callerIn }),
    },
  };
}

function memberOf({ method, action, stream, access }: EndpointPlan, model: EndpointModel, id: number | undefined) {
  const { member, handler, call, callee, answer, converter } = model;
  const [request, context] = handler.parameters;
  const callers = access === 'public' ? identifiersIn(member, 'callerOf') : [];
  const anybodyIn = (node: ts.Node, but?: ts.Node): readonly Change[] =>
    callers
      .filter((caller) => contains(node, caller) && !(but && contains(but, caller)))
      .map((caller) => ({ node: caller, text: 'callerIn' }));

  const one = id === undefined || !streamsRequests(stream) ? undefined : call.arguments[id];
  const streamed: readonly Change[] =
    one === undefined || request === undefined
      ? []
      : [{ node: one, text: `mapped(requests, (${request.getText()}) => ${edited(one, anybodyIn(one))})` }];
  const called = edited(call, [{ node: callee, text: action.camel }, ...streamed, ...anybodyIn(call, one)]);
  const stoppable = called.replace(/\)$/, `, ${context?.name.getText() ?? 'context'}.signal)`);
  const messages = (items: string) =>
    hasConverterOfStreams(model) ? `${converter}s(${items})` : `mapped(${items}, ${converter})`;
  const answers = {
    none: `${converter}(await ${called})`,
    server: messages(stoppable),
    client: `({ count: await ${called} })`,
    bidi: messages(called),
  };
  return edited(member, [
    { node: member.name, text: method.camel },
    ...(streamsRequests(stream) && request !== undefined ? [{ node: request, text: 'requests' }] : []),
    { node: answer, text: answers[stream] },
    ...anybodyIn(member, answer),
  ]);
}

function methodOf({ method, action, stream, resource }: EndpointPlan, model: EndpointModel, id: number | undefined) {
  const get = model.callee.text;
  const rule = `the rule of ${method.pascal} goes here`;
  const parameters = model.method.parameters.slice(0, model.call.arguments.length).map((parameter) => ({
    name: ts.isIdentifier(parameter.name) ? parameter.name.text : namesOf(parameter.type?.getText() ?? 'value').camel,
    type: parameter.type?.getText() ?? 'unknown',
  }));
  const one = parameters.map(({ name }) => name).join(', ');
  const own = parameters.map(({ name, type }, index) => {
    const isMany = index === id && streamsRequests(stream);
    return isMany ? `${name}s: AsyncIterable<${type}>` : `${name}: ${type}`;
  });
  const item = id === undefined ? '' : (parameters[id]?.name ?? '');
  const { domainType } = model;
  const many = `for await (const ${item} of ${item}s)`;
  switch (stream) {
    case 'none':
      return `/** Resolves to the ${resource.words} as it is, and rejects as \`${get}\` does: ${rule}. */
        async ${action.camel}(${own.join(', ')}): Promise<${domainType}> {
          return this.${get}(${one});
        }`;
    case 'server':
      return `/** Yields the ${resource.words} as it is, and throws as \`${get}\` does, or the signal's reason: ${rule}. */
        async *${action.camel}(${[...own, 'signal: AbortSignal'].join(', ')}): AsyncGenerator<${domainType}> {
          const ${resource.camel} = await this.${get}(${one});
          signal.throwIfAborted();
          yield ${resource.camel};
        }`;
    case 'client':
      return `/** Resolves to how many there are, and rejects as \`${get}\` does: ${rule}. */
        async ${action.camel}(${own.join(', ')}): Promise<number> {
          let count = 0;
          ${many} {
            await this.${get}(${one});
            count += 1;
          }
          return count;
        }`;
    case 'bidi':
      return `/** Yields each ${resource.words} as it is, and throws as \`${get}\` does: ${rule}. */
        async *${action.camel}(${own.join(', ')}): AsyncGenerator<${domainType}> {
          ${many} yield await this.${get}(${one});
        }`;
  }
}

/** Whether the file has a generator such as `toMessages` beside `toMessage`. */
function hasConverterOfStreams({ endpoints, converter }: EndpointModel): boolean {
  return endpoints.statements.filter(ts.isFunctionDeclaration).some(({ name, asteriskToken, parameters }) => {
    return name?.text === `${converter}s` && asteriskToken !== undefined && parameters.length === 1;
  });
}

/** Which argument of the call is made of the request; undefined when more than that argument is. */
function idArgumentOf({ handler, call }: EndpointModel): number | undefined {
  const [request] = handler.parameters;
  const names = request === undefined ? [] : boundBy(request.name);
  const uses = names.flatMap((name) => identifiersIn(handler.body, name));
  const index = call.arguments.findIndex((argument) => uses.length > 0 && uses.every((use) => contains(argument, use)));
  return index === -1 ? undefined : index;
}

function boundBy(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundBy(element.name) : []));
}

function identifiersIn(node: ts.Node, name: string): readonly ts.Identifier[] {
  const found: ts.Identifier[] = [];
  const visit = (one: ts.Node): void => {
    const isProperty = ts.isPropertyAccessExpression(one.parent) && one.parent.name === one;
    if (ts.isIdentifier(one) && one.text === name && !isProperty) found.push(one);
    ts.forEachChild(one, visit);
  };
  visit(node);
  return found;
}

function contains(outer: ts.Node, inner: ts.Node): boolean {
  return outer.getStart() <= inner.getStart() && inner.getEnd() <= outer.getEnd();
}

/** The text of a node with some of its parts replaced. */
function edited(node: ts.Node, changes: readonly Change[]): string {
  const start = node.getStart();
  return changes
    .toSorted((one, other) => other.node.getStart() - one.node.getStart())
    .reduce((text, change) => {
      const [from, to] = [change.node.getStart() - start, change.node.getEnd() - start];
      return text.slice(0, from) + change.text + text.slice(to);
    }, node.getText());
}
