import { createInterface } from 'node:readline';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import { openEngine, type EngineOptions, type EngineSession } from '../migrate/engine.ts';

interface Call {
  readonly id: number;
  readonly method: string;
  // What a method takes is between Prisma's CLI and its engine.
  readonly params: never;
}

/** Answers JSON-RPC, a call a line, until the input ends. */
export async function answer(input: NodeJS.ReadableStream, options: EngineOptions): Promise<void> {
  let session: EngineSession | undefined;
  for await (const line of createInterface({ input })) {
    const { id, method, params } = JSON.parse(line) as Call;
    try {
      session ??= await openEngine(options);
      const result = await call(session.engine, method, params);
      if (method === 'diff') print(result);
      send({ id, result });
    } catch (error) {
      send({ id, error: toRpcError(error) });
    }
  }
  await session?.close();
}

async function call(engine: SchemaEngine, method: string, params: never): Promise<unknown> {
  // Here only the diagnosis reads the history of migrations, which these two rely on.
  if (method === 'evaluateDataLoss' || method === 'createMigration') await engine.devDiagnostic(params);
  const name = method === 'getDatabaseVersion' ? 'version' : method;
  // The methods of the engine are those of the protocol.
  const run = (engine as unknown as Record<string, ((params: never) => Promise<unknown>) | undefined>)[name];
  if (run === undefined) throw new Error(`the schema engine has no method ${method}`);
  return (await run.call(engine, params)) ?? null;
}

/** The CLI does not print a difference from its answer, but when told to. */
function print(result: unknown): void {
  const content = typeof result === 'object' && result !== null && 'stdout' in result ? result.stdout : null;
  if (content !== null) send({ id: 0, method: 'print', params: { content } });
}

function send(message: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

function toRpcError(error: unknown): object {
  const message = error instanceof Error ? error.message : String(error);
  const known =
    error instanceof Error && 'code' in error
      ? { error_code: error.code, meta: 'meta' in error ? error.meta : null }
      : { backtrace: null };
  const data = { is_panic: false, message, ...known };
  return { code: 4466, message: 'An error happened. Check the data field for details.', data };
}
