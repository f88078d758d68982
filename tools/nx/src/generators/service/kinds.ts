import { namesOf, type Names } from '../../names.ts';

/** A field of a resource, as `amount:money` or `note:string?` says. */
export interface Field {
  readonly names: Names;
  readonly kind: KindName;
  /** Whether a resource may be without it. */
  readonly optional: boolean;
  /** What an enum can be, in snake_case. */
  readonly values: readonly string[];
}

/** A column of the table. */
export interface Column {
  readonly names: Names;
  readonly prisma: string;
  readonly sql: string;
}

/** What a field is in each layer. Expressions take the field from `from`, which is what holds it. */
export interface Kind {
  /** How it is described to people who write a resource. */
  readonly help: string;
  readonly protoType: (field: Field) => string;
  /** Rules of buf.validate that hold for every value, also of a field that is left out. */
  readonly rules: readonly string[];
  /** Type in the domain. */
  readonly domain: (field: Field, resource: Names) => string;
  /** Reads it from a message, refusing what cannot be; `path` is how the request calls it. */
  readonly fromMessage: (field: Field, from: string, path: string) => string;
  readonly toMessage: (field: Field, from: string, resource: Names) => string;
  readonly columns: (field: Field, resource: Names) => readonly Column[];
  readonly toRow: (field: Field, from: string) => readonly (readonly [column: string, value: string])[];
  readonly fromRow: (field: Field, from: string) => string;
  /** Two values for tests, in the domain and in messages. */
  readonly samples: readonly [Sample, Sample];
}

interface Sample {
  readonly domain: (field: Field, resource: Names) => string;
  readonly message: (field: Field, resource: Names) => string;
}

export type KindName = 'string' | 'int' | 'long' | 'double' | 'bool' | 'money' | 'timestamp' | 'enum';

export const kindNames = (): readonly string[] => Object.keys(kinds);

export function kindOf({ kind }: Field): Kind {
  return kinds[kind];
}

export function isKind(name: string): name is KindName {
  return Object.hasOwn(kinds, name);
}

/** `PaymentState` for the field `state` of a Payment. */
function enumName(field: Field, resource: Names): string {
  return resource.pascal + field.names.pascal;
}

const scalar = (type: {
  help: string;
  proto: string;
  domain: string;
  prisma: string;
  sql: string;
  samples: readonly [string, string];
}): Kind => ({
  help: type.help,
  protoType: ({ optional }) => (optional ? `optional ${type.proto}` : type.proto),
  rules: [],
  domain: () => type.domain,
  fromMessage: ({ names }, from) => `${from}.${names.camel}`,
  toMessage: ({ names, optional }, from) => optionalProperty(names.camel, `${from}.${names.camel}`, optional),
  columns: ({ names }) => [{ names, prisma: type.prisma, sql: type.sql }],
  toRow: ({ names, optional }, from) => [[names.camel, `${from}.${names.camel}${optional ? ' ?? null' : ''}`]],
  fromRow: ({ names, optional }, from) => `${from}.${names.camel}${optional ? ' ?? undefined' : ''}`,
  samples: [sample(type.samples[0]), sample(type.samples[1])],
});

const kinds: Readonly<Record<KindName, Kind>> = {
  string: {
    ...scalar({
      help: 'text of up to 1000 characters',
      proto: 'string',
      domain: 'string',
      prisma: 'String',
      sql: 'TEXT',
      samples: [`'First'`, `'Second'`],
    }),
    protoType: () => 'string',
    rules: ['string.max_len = 1000'],
    fromMessage: ({ names, optional }, from, path) =>
      `${optional ? 'optionalTextFrom' : 'textFrom'}(${from}.${names.camel}, '${path}')`,
  },
  int: scalar({
    help: 'whole number of 32 bits',
    proto: 'int32',
    domain: 'number',
    prisma: 'Int',
    sql: 'INTEGER',
    samples: ['7', '8'],
  }),
  long: scalar({
    help: 'whole number of 64 bits',
    proto: 'int64',
    domain: 'bigint',
    prisma: 'BigInt',
    sql: 'BIGINT',
    samples: ['7n', '8n'],
  }),
  double: scalar({
    help: 'number with a fraction',
    proto: 'double',
    domain: 'number',
    prisma: 'Float',
    sql: 'DOUBLE PRECISION',
    samples: ['1.5', '2.5'],
  }),
  bool: scalar({
    help: 'true or false',
    proto: 'bool',
    domain: 'boolean',
    prisma: 'Boolean',
    sql: 'BOOLEAN',
    samples: ['true', 'false'],
  }),
  money: {
    help: 'exact amount in a currency',
    protoType: () => 'google.type.Money',
    rules: [],
    domain: () => 'Money',
    fromMessage: ({ names, optional }, from, path) =>
      whenGiven(`moneyFrom(${from}.${names.camel}, '${path}')`, `${from}.${names.camel}`, optional),
    toMessage: ({ names, optional }, from) =>
      optionalProperty(names.camel, `toMoneyMessage(${from}.${names.camel})`, optional, `${from}.${names.camel}`),
    columns: ({ names: { snake } }) => [
      { names: namesOf(`${snake}_currency`), prisma: 'String @db.Char(3)', sql: 'CHAR(3)' },
      { names: namesOf(`${snake}_units`), prisma: 'BigInt', sql: 'BIGINT' },
      { names: namesOf(`${snake}_nanos`), prisma: 'Int', sql: 'INTEGER' },
    ],
    toRow: ({ names: { camel }, optional }, from) =>
      ['currency', 'units', 'nanos'].map((part) => [
        `${camel}${namesOf(part).pascal}`,
        optional ? `${from}.${camel}?.${part} ?? null` : `${from}.${camel}.${part}`,
      ]),
    fromRow: ({ names: { camel }, optional }, from) => {
      const [currency, units, nanos] = ['Currency', 'Units', 'Nanos'].map((part) => `${from}.${camel}${part}`);
      const money = `{ currency: ${currency}, units: ${units}, nanos: ${nanos} }`;
      const isThere = `${currency} !== null && ${units} !== null && ${nanos} !== null`;
      return optional ? `${isThere} ? ${money} : undefined` : money;
    },
    samples: [money('19n', '990_000_000'), money('5n', '0')],
  },
  timestamp: {
    help: 'point in time, to the millisecond',
    protoType: () => 'google.protobuf.Timestamp',
    rules: [],
    domain: () => 'Date',
    fromMessage: ({ names, optional }, from, path) =>
      `${optional ? 'timeFrom' : 'requiredTimeFrom'}(${from}.${names.camel}, '${path}')`,
    toMessage: ({ names, optional }, from) =>
      optionalProperty(names.camel, `timestampFromDate(${from}.${names.camel})`, optional, `${from}.${names.camel}`),
    columns: ({ names }) => [{ names, prisma: 'DateTime @db.Timestamptz(3)', sql: 'TIMESTAMPTZ(3)' }],
    toRow: ({ names, optional }, from) => [[names.camel, `${from}.${names.camel}${optional ? ' ?? null' : ''}`]],
    fromRow: ({ names, optional }, from) => `${from}.${names.camel}${optional ? ' ?? undefined' : ''}`,
    samples: [time('2026-01-02T03:04:05.678Z'), time('2027-01-02T03:04:05.678Z')],
  },
  enum: {
    help: 'one of the names in parentheses, the first when a new one does not say',
    protoType: ({ names }) => names.pascal,
    rules: ['enum.defined_only = true'],
    domain: enumName,
    fromMessage: ({ names, optional }, from, path) => {
      const value = `${names.camel}Values[${from}.${names.camel}]`;
      return optional ? value : `${value} ?? missing('${path}')`;
    },
    toMessage: (field, from, resource) => {
      const { names, optional } = field;
      const value = `${resource.pascal}_${names.pascal}[${from}.${names.camel}]`;
      return optionalProperty(names.camel, value, optional, `${from}.${names.camel}`);
    },
    columns: (field, resource) => [
      { names: field.names, prisma: enumName(field, resource), sql: `"${resource.snake}_${field.names.snake}"` },
    ],
    toRow: ({ names, optional }, from) => [[names.camel, `${from}.${names.camel}${optional ? ' ?? null' : ''}`]],
    fromRow: ({ names, optional }, from) => `${from}.${names.camel}${optional ? ' ?? undefined' : ''}`,
    samples: [choice(0), choice(1)],
  },
};

function optionalProperty(name: string, value: string, optional: boolean, given = value): string {
  return optional ? `...(${given} !== undefined && { ${name}: ${value} })` : `${name}: ${value}`;
}

function whenGiven(value: string, given: string, optional: boolean): string {
  return optional ? `${given} && ${value}` : value;
}

function sample(text: string): Sample {
  return { domain: () => text, message: () => text };
}

function money(units: string, nanos: string): Sample {
  return {
    domain: () => `{ currency: 'EUR', units: ${units}, nanos: ${nanos} }`,
    message: () => `{ currencyCode: 'EUR', units: ${units}, nanos: ${nanos} }`,
  };
}

function time(text: string): Sample {
  return { domain: () => `new Date('${text}')`, message: () => `timestampFromDate(new Date('${text}'))` };
}

function choice(index: number): Sample {
  const value = ({ values }: Field) => (values[index] ?? values[0] ?? '').toUpperCase();
  return {
    domain: (field) => `'${value(field)}'`,
    message: (field, resource) => `${resource.pascal}_${field.names.pascal}.${value(field)}`,
  };
}
