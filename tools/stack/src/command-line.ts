import { parseArgs, type ParseArgsConfig } from 'node:util';

/** A command line that makes no sense, in words for who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** `parseArgs` whose errors are UsageErrors; `example` shows how npm passes options on. */
export function readArguments<C extends ParseArgsConfig>(config: C, example: string) {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(explain(error, example), { cause: error });
  }
}

function explain(error: unknown, example: string): string {
  if (!(error instanceof Error && 'code' in error)) throw error;
  const [fault = error.message] = error.message.split('. ');
  return error.code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL'
    ? `${fault}. npm passes options on only after a --, as in: ${example}`
    : fault;
}
