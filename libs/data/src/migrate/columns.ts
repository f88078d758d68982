import { ColumnTypeEnum, type ColumnType } from '@prisma/driver-adapter-utils';
import pg from 'pg';

/** What the schema engine calls the type of a column, by Postgres' number of it; text if not listed. */
const columnTypes: Readonly<Record<number, ColumnType>> = {
  16: ColumnTypeEnum.Boolean,
  17: ColumnTypeEnum.Bytes,
  18: ColumnTypeEnum.Character,
  20: ColumnTypeEnum.Int64,
  21: ColumnTypeEnum.Int32,
  23: ColumnTypeEnum.Int32,
  26: ColumnTypeEnum.Int64,
  114: ColumnTypeEnum.Json,
  700: ColumnTypeEnum.Float,
  701: ColumnTypeEnum.Double,
  1000: ColumnTypeEnum.BooleanArray,
  1002: ColumnTypeEnum.CharacterArray,
  1003: ColumnTypeEnum.TextArray,
  1005: ColumnTypeEnum.Int32Array,
  1007: ColumnTypeEnum.Int32Array,
  1009: ColumnTypeEnum.TextArray,
  1015: ColumnTypeEnum.TextArray,
  1016: ColumnTypeEnum.Int64Array,
  1028: ColumnTypeEnum.Int64Array,
  1082: ColumnTypeEnum.Date,
  1083: ColumnTypeEnum.Time,
  1114: ColumnTypeEnum.DateTime,
  1184: ColumnTypeEnum.DateTime,
  1266: ColumnTypeEnum.Time,
  1700: ColumnTypeEnum.Numeric,
  2950: ColumnTypeEnum.Uuid,
  3802: ColumnTypeEnum.Json,
};

const nameArray = 1003;
const textArray = 1009;
const timestamps = [1114, 1184];
/** What JavaScript's numbers would round, and JSON, which the engine parses itself. */
const verbatim = [20, 26, 114, 1700, 3802];

export function columnType(oid: number): ColumnType {
  return columnTypes[oid] ?? ColumnTypeEnum.Text;
}

/** Values as the schema engine reads them. */
export const engineTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (timestamps.includes(oid)) return toIso;
    if (verbatim.includes(oid)) return String;
    const parser: unknown = pg.types.getTypeParser(oid === nameArray ? textArray : oid, format ?? 'text');
    return parser;
  },
};

function toIso(timestamp: string): string {
  return timestamp.replace(' ', 'T').replace(/([+-]\d{2}(:\d{2})?)?$/, '+00:00');
}
