/** Writes a line as Prisma's CLI reads it. */
export function log(level: 'INFO' | 'ERROR', fields: Readonly<Record<string, unknown>>): void {
  const target = level === 'ERROR' ? 'schema_engine::logger' : 'schema_engine';
  process.stderr.write(`${JSON.stringify({ timestamp: new Date().toISOString(), level, fields, target })}\n`);
}
