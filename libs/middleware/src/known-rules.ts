import { isMessage, type DescField } from '@bufbuild/protobuf';
import { FieldMaskSchema } from '@bufbuild/protobuf/wkt';
import { isPlainPattern } from './plain-pattern.ts';

/** Whether a value keeps a rule for sure. One that does not may still be right. */
export type Check = (value: unknown) => boolean;

const email =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

type Rule = (bound: unknown, field: DescField) => Check | undefined;

const wholeNumbers = ['int32', 'int64', 'uint32'].flatMap((kind): [string, Rule][] => [
  [`${kind}.gt`, (bound) => (value) => isNumber(value) && isNumber(bound) && value > bound],
  [`${kind}.gte`, (bound) => (value) => isNumber(value) && isNumber(bound) && value >= bound],
  [`${kind}.lt`, (bound) => (value) => isNumber(value) && isNumber(bound) && value < bound],
  [`${kind}.lte`, (bound) => (value) => isNumber(value) && isNumber(bound) && value <= bound],
]);

/** What each rule takes, of `buf.validate` takes, by its name. */
const known: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...wholeNumbers,
  ['string.minLen', (least) => text((value) => isLong(value, Number(least)))],
  ['string.maxLen', (most) => text(({ length }) => length <= Number(most))],
  ['string.pattern', matches],
  ['string.in', isOneOf],
  ['string.email', (wanted) => text((value) => wanted === false || email.test(value))],
  ['enum.definedOnly', isDefined],
  ['repeated.minItems', (least) => list(({ length }) => length >= Number(least))],
  ['repeated.maxItems', (most) => list(({ length }) => length <= Number(most))],
  ['repeated.items', () => () => true], // Each item is looked at by itself.
  ['repeated.unique', (wanted) => list((items) => wanted === false || areDifferent(items))],
  ['fieldMask.in', masks],
]);

/** What a rule of a field takes, by its name, such as `string.minLen`; undefined when it is not known here. */
export function checkOf(rule: string, bound: unknown, field: DescField): Check | undefined {
  return known.get(rule)?.(bound, field);
}

function text(holds: (value: string) => boolean): Check {
  return (value) => typeof value === 'string' && holds(value);
}

function list(holds: (items: readonly unknown[]) => boolean): Check {
  return (value) => Array.isArray(value) && holds(value);
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** Contracts count characters of Unicode, each of which is one or two of a string. */
function isLong(value: string, least: number): boolean {
  return value.length >= 2 * least || Array.from(value).length >= least;
}

function matches(pattern: unknown): Check | undefined {
  if (typeof pattern !== 'string' || !isPlainPattern(pattern)) return undefined;
  const regex = new RegExp(pattern, 'u');
  return text((value) => regex.test(value));
}

function isOneOf(values: unknown): Check | undefined {
  return Array.isArray(values) ? (value) => values.includes(value) : undefined;
}

function isDefined(wanted: unknown, field: DescField): Check | undefined {
  const numbers = new Set(field.enum?.values.map(({ number }) => number));
  return (value) => wanted === false || (typeof value === 'number' && numbers.has(value));
}

function areDifferent(items: readonly unknown[]): boolean {
  return items.every((item) => typeof item !== 'object') && new Set(items).size === items.length;
}

function masks(paths: unknown): Check | undefined {
  if (!Array.isArray(paths)) return undefined;
  return (mask) => isMessage(mask, FieldMaskSchema) && mask.paths.every((path) => paths.includes(path));
}
