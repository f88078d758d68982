import { singularize, pluralize } from 'inflection';
import { isReservedWord, namesOf, requirePascal, type Names } from '../../names.ts';
import { Refusal } from '../../refusal.ts';
import { isKind, kindNames, kindOf, type Field } from './kinds.ts';

/** What a service keeps. */
export interface Resource {
  readonly names: Names;
  /** Of many: the collection, in paths and names. */
  readonly plural: Names;
  readonly fields: readonly Field[];
}

const example = 'Payment amount:money state:enum(pending,settled) note:string?';
const mostFields = 40;

/** The resource that a service keeps unless one is described: `Payment` with a title for `payments`. */
export function standardResource(service: Names): string {
  return `${namesOf(singularize(service.kebab)).pascal} title:string`;
}

/** Reads a description such as `Payment amount:money state:enum(pending,settled) note:string?`. Throws a Refusal. */
export function parseResource(text: string): Resource {
  const [name = '', ...fields] = text.trim().split(/\s+(?![^(]*\))/);
  requirePascal(name, 'resource');
  const names = namesOf(name);
  if (reservedResources.has(names.kebab) || isReservedWord(names.camel)) {
    throw new Refusal(`A resource cannot be called ${name}: that word has another meaning in a service.`);
  }
  if (fields.length === 0) throw new Refusal(`${name} has no fields. Describe it as in --resource "${example}".`);
  if (fields.length > mostFields) throw new Refusal(`${name} has more than ${mostFields} fields: begin with fewer.`);
  const parsed = fields.map((field) => parseField(field, name));
  const twice = parsed.find(
    ({ names: { snake } }, index) => parsed.findIndex((one) => one.names.snake === snake) < index,
  );
  if (twice !== undefined) throw new Refusal(`${name} has the field ${twice.names.snake} twice.`);
  requireOwnColumns(parsed, names);
  return { names, plural: namesOf(pluralOf(names.kebab)), fields: parsed };
}

/** An amount has columns of its own, which another field may be called like. */
function requireOwnColumns(fields: readonly Field[], resource: Names): void {
  const columns = fields.flatMap((field) => kindOf(field).columns(field, resource)).map(({ names }) => names.camel);
  const twice = columns.find((name, index) => columns.indexOf(name) < index);
  if (twice !== undefined) throw new Refusal(`${resource.pascal} would have the column ${twice} twice.`);
}

function pluralOf(kebab: string): string {
  // The library takes a trailing number for a word without plural.
  return /\d$/.test(kebab) ? `${kebab}s` : pluralize(kebab);
}

function parseField(text: string, resource: string): Field {
  const [, name = '', kind = '', values, mark] = /^([^:]*):([a-z]+)(?:\(([^)]*)\))?(\?)?$/.exec(text) ?? [];
  const where = `'${text}' in the resource ${resource}`;
  if (!isKind(kind)) {
    throw new Refusal(
      `${where} is no field: write name:type, the type one of ${kindNames().join(', ')}, as in "${example}".`,
    );
  }
  if (!/^[a-z][a-z\d]*(_[a-z][a-z\d]*)*$/.test(name) || name.length > 40) {
    throw new Refusal(`${where}: the name of a field is in snake_case, such as due_time, of at most 40 characters.`);
  }
  if (reservedFields.has(name))
    throw new Refusal(`${where}: every resource has, or cannot have, a field called ${name}.`);
  if ((kind === 'enum') !== (values !== undefined)) {
    throw new Refusal(
      `${where}: ${kind === 'enum' ? 'an enum lists' : `${kind} takes no`} values, as in state:enum(open,closed).`,
    );
  }
  return { names: namesOf(name), kind, optional: mark !== undefined, values: parseValues(values, where) };
}

function parseValues(text: string | undefined, where: string): readonly string[] {
  if (text === undefined) return [];
  const values = text.split(',').map((value) => value.trim());
  const wrong = values.find((value) => !/^[a-z][a-z\d]*(_[a-z][a-z\d]*)*$/.test(value) || value === 'unspecified');
  if (wrong !== undefined)
    throw new Refusal(`${where}: '${wrong}' is no value: take words such as pending or in_transit.`);
  if (new Set(values).size < values.length) throw new Refusal(`${where} has a value twice.`);
  return values;
}

/** What every resource has, what names a condition or a part of one, and what objects have anyway. */
const reservedFields: ReadonlySet<string> = new Set(
  `id name owner owner_id create_time update_time page_size page_token values filter repository service service_options
  constructor to_string to_json value_of and or not prototype`.split(/\s+/),
);

/** Files of a service and types that its files use. */
const reservedResources: ReadonlySet<string> = new Set(
  `app main config database endpoints service repository refusals index caller money date error context page cursor slice
  filter timestamp update-mask field-mask authenticated row place endpoint message empty prisma prisma-client status-error array map set record string number boolean
  promise`.split(/\s+/),
);
