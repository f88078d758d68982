import type { Names } from '../../names.ts';
import { namesOf } from '../../names.ts';
import type { Workspace } from '../../workspace.ts';
import { kindOf, type Field, type KindName } from './kinds.ts';
import type { Resource } from './resource.ts';

/** A service as it is to be made. */
export interface ServicePlan {
  readonly names: Names;
  readonly resource: Resource;
  /** Where its first instance listens for gRPC. */
  readonly port: number;
  readonly database: boolean;
  /** Whether it has routes at the gateway. */
  readonly isPublic: boolean;
  /** What package.json says of how it was generated. */
  readonly record: object;
}

/** What the templates are filled with. */
export function modelOf(plan: ServicePlan, workspace: Workspace, userPort: number) {
  const { names, plural } = plan.resource;
  const fields = plan.resource.fields.map((field) => fieldModel(field, names));
  const uses = (kind: KindName) => fields.some((field) => field.kind === kind);
  const columns = columnsOf(plan.resource);
  return {
    scope: workspace.name,
    protoRoot: workspace.protoRoot,
    s: plan.names,
    r: names,
    p: { ...plural, sentence: sentence(plural.words) },
    port: plan.port,
    userPort,
    database: plan.database,
    isPublic: plan.isPublic,
    record: JSON.stringify(plan.record),
    fields,
    enums: fields.filter(({ kind }) => kind === 'enum'),
    optional: fields.filter(({ optional }) => optional),
    needy: fields.filter(({ kind, optional }) => !optional && ['string', 'money', 'timestamp'].includes(kind)),
    uses,
    helpers: helpersOf(fields),
    rowEntries: fields.flatMap((field) => kindOf(field).toRow(field, names.camel)),
    prismaColumns: aligned(columns.map(({ prisma }) => prisma)),
    sqlColumns: columns.map(({ sql }) => `    ${sql}`).join(',\n'),
    protoImports: protoImportsOf(plan.isPublic, workspace, uses),
  };
}

function fieldModel(field: Field, resource: Names) {
  const kind = kindOf(field);
  const [one, other] = kind.samples;
  const path = `${resource.snake}.${field.names.snake}`;
  const fromMessage = kind.fromMessage(field, 'message', path);
  const rules = kind.rules.map((rule) => `(buf.validate.field).${rule}`);
  return {
    ...field,
    domain: kind.domain(field, resource),
    proto: kind.protoType(field),
    protoRules: rules.length === 0 ? '' : ` [${rules.join(', ')}]`,
    fromMessage,
    fromNewMessage: firstUnlessSaid(field, fromMessage),
    toMessage: kind.toMessage(field, resource.camel, resource),
    fromRow: kind.fromRow(field, 'row'),
    sample: one.domain(field, resource),
    otherSample: other.domain(field, resource),
    messageSample: one.message(field, resource),
    otherMessageSample: other.message(field, resource),
  };
}

/** A new resource has the first value of an enum where it does not say one. */
function firstUnlessSaid({ kind, optional, values }: Field, fromMessage: string): string {
  const first = values[0]?.toUpperCase() ?? '';
  return kind === 'enum' && !optional ? fromMessage.replace(/\?\? missing\(.*\)$/, `?? '${first}'`) : fromMessage;
}

function helpersOf(fields: readonly { readonly fromMessage: string; readonly toMessage: string }[]): readonly string[] {
  const always = 'callerOf cursorIn idFrom maskedFields missing nameOf pageSizeOf pageTokenOf'.split(' ');
  const expressions = fields.map(({ fromMessage, toMessage }) => fromMessage + toMessage).join(' ');
  const sometimes = 'moneyFrom optionalTextFrom requiredTimeFrom textFrom timeFrom toMoneyMessage'.split(' ');
  return [...always, ...sometimes.filter((name) => new RegExp(`\\b${name}\\(`).test(expressions))].toSorted();
}

function protoImportsOf(isPublic: boolean, { protoRoot }: Workspace, uses: (kind: KindName) => boolean): string[] {
  return [
    'buf/validate/validate.proto',
    ...(isPublic ? ['google/api/annotations.proto'] : []),
    'google/protobuf/empty.proto',
    'google/protobuf/field_mask.proto',
    'google/protobuf/timestamp.proto',
    ...(uses('money') ? ['google/type/money.proto'] : []),
    `${protoRoot}/options/v1/options.proto`,
  ].toSorted();
}

interface ColumnLines {
  readonly prisma: readonly string[];
  readonly sql: string;
}

function columnsOf({ names, fields }: Resource): readonly ColumnLines[] {
  const required = (name: string, prisma: string, sql: string) => column(namesOf(name), prisma, sql, false);
  return [
    { prisma: ['id', 'String', '@id @db.Uuid'], sql: '"id" UUID NOT NULL' },
    required('owner_id', 'String @db.Uuid', 'UUID'),
    ...fields.flatMap((field) =>
      kindOf(field)
        .columns(field, names)
        .map(({ names: own, prisma, sql }) => column(own, prisma, sql, field.optional)),
    ),
    required('create_time', 'DateTime @db.Timestamptz(3)', 'TIMESTAMPTZ(3)'),
    required('update_time', 'DateTime @db.Timestamptz(3)', 'TIMESTAMPTZ(3)'),
  ];
}

function column(names: Names, prisma: string, sql: string, optional: boolean): ColumnLines {
  const [type = '', ...native] = prisma.split(' ');
  const map = names.camel === names.snake ? [] : [`@map("${names.snake}")`];
  return {
    prisma: [names.camel, optional ? `${type}?` : type, [...map, ...native].join(' ')],
    sql: `"${names.snake}" ${sql}${optional ? '' : ' NOT NULL'}`,
  };
}

/** In columns, as `prisma format` has them. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1].map((index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows
    .map((row) => `  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' ')}`.trimEnd())
    .join('\n');
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
