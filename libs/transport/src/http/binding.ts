import {
  getOption,
  hasOption,
  type DescField,
  type DescMessage,
  type DescMethod,
  type DescService,
} from '@bufbuild/protobuf';
import { http, type HttpRule } from '@ko/contracts/http';
import { parseTemplate, type PathTemplate, type PathVariable } from './path-template.ts';
import { queryParameters, type FieldPath } from './query.ts';

/** One route of a method, as google.api.http states it, resolved against the method's messages. */
export interface Binding {
  readonly method: DescMethod;
  /** `GET`, `POST`, … */
  readonly verb: string;
  readonly template: PathTemplate;
  readonly variables: readonly BoundVariable[];
  /** The field that the body fills, `*` for all that the path does not, or undefined when there is no body. */
  readonly body: DescField | '*' | undefined;
  /** The field that is the response body; undefined for all of the response. */
  readonly responseBody: DescField | undefined;
  /** What may come in the query, by each name that it may have there. */
  readonly query: ReadonlyMap<string, FieldPath>;
}

/** A variable of the path and the field that it fills. */
export type BoundVariable = PathVariable & FieldPath;

/** All routes of a contract's methods. A stream of requests cannot be had over HTTP. Throws when an option is wrong. */
export function bindingsOf(contract: DescService): readonly Binding[] {
  return contract.methods.flatMap(methodBindings);
}

/** The routes of a method, the first being its own, the others its additional bindings. */
export function methodBindings(method: DescMethod): readonly Binding[] {
  if (!hasOption(method, http)) return [];
  if (method.methodKind !== 'unary' && method.methodKind !== 'server_streaming') return [];
  const rule = getOption(method, http);
  return [rule, ...rule.additionalBindings].map((each) => compile(method, each));
}

function compile(method: DescMethod, rule: HttpRule): Binding {
  const { verb, path } = patternOf(method, rule);
  const template = parseTemplate(path);
  const variables = template.variables.map((variable) => ({ ...variable, ...resolve(method, variable) }));
  const body = rule.body === '*' || rule.body === '' ? rule.body : fieldOf(method, method.input, rule.body);
  const bound = new Set([
    ...variables.map(({ fieldPath }) => fieldPath.join('.')),
    ...(body === '' ? [] : [nameOf(body)]),
  ]);

  return {
    method,
    verb,
    template,
    variables,
    body: body === '' ? undefined : body,
    responseBody: rule.responseBody === '' ? undefined : fieldOf(method, method.output, rule.responseBody),
    query: body === '*' ? new Map() : queryParameters(method.input, bound),
  };
}

function patternOf(method: DescMethod, { pattern }: HttpRule): { verb: string; path: string } {
  if (pattern.case === undefined) throw new TypeError(`${describe(method)}: its google.api.http has no path`);
  if (pattern.case === 'custom') return { verb: pattern.value.kind, path: pattern.value.path };
  return { verb: pattern.case.toUpperCase(), path: pattern.value };
}

function resolve(method: DescMethod, { fieldPath: [first = '', ...rest] }: PathVariable): FieldPath {
  let field = fieldOf(method, method.input, first);
  const fields = [field];
  for (const name of rest) {
    field = fieldOf(method, field.message, name);
    fields.push(field);
  }
  return { fields, field };
}

function fieldOf(method: DescMethod, message: DescMessage | undefined, name: string): DescField {
  const field = message?.fields.find((each) => each.name === name);
  if (field === undefined)
    throw new TypeError(`${describe(method)}: its google.api.http names ${name}, which is no field`);
  return field;
}

function nameOf(field: DescField | '*'): string {
  return field === '*' ? field : field.name;
}

function describe(method: DescMethod): string {
  return `${method.parent.typeName}/${method.name}`;
}
