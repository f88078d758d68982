import { getOption, hasOption, type DescField, type DescMessage, type DescMethod } from '@bufbuild/protobuf';
import { http } from '@ko/contracts/http';
import { Refusal } from '../../refusal.ts';

/** Where HTTP takes the requests of a method, as the client has it: fields have their names in JSON. */
export interface Route {
  readonly verb: string;
  readonly path: string;
  readonly body?: string;
  readonly responseBody?: string;
}

/** The first route of a method; undefined when it has none. A stream of requests cannot be had over HTTP. */
export function routeOf(method: DescMethod): Route | undefined {
  if (!hasOption(method, http)) return undefined;
  if (method.methodKind !== 'unary' && method.methodKind !== 'server_streaming') return undefined;
  const { pattern, body, responseBody } = getOption(method, http);
  if (pattern.case === undefined) throw wrong(method, 'has no path');

  const [verb, template] =
    pattern.case === 'custom' ? [pattern.value.kind, pattern.value.path] : [pattern.case.toUpperCase(), pattern.value];
  const path = template.replace(
    /\{([\w.]+)/g,
    (_, fields: string) => `{${jsonPath(method, method.input, fields.split('.'))}`,
  );
  return {
    verb,
    path,
    ...(body !== '' && { body: body === '*' ? body : jsonPath(method, method.input, [body]) }),
    ...(responseBody !== '' && { responseBody: jsonPath(method, method.output, [responseBody]) }),
  };
}

function jsonPath(method: DescMethod, message: DescMessage, names: readonly string[]): string {
  let within: DescMessage | undefined = message;
  const path: string[] = [];
  for (const name of names) {
    const field: DescField | undefined = within?.fields.find((each) => each.name === name);
    if (field === undefined) throw wrong(method, `names ${name}, which is no field`);
    path.push(field.jsonName);
    within = field.message;
  }
  return path.join('.');
}

function wrong({ parent, name }: DescMethod, what: string): Refusal {
  return new Refusal(`${parent.typeName}/${name}: its google.api.http ${what}. Mend it in the contract.`);
}
