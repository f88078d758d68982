import { parseOptions, usage, UsageError } from './options.ts';
import { PortsTaken } from './ports.ts';
import { root } from './root.ts';
import { runSystem } from './run-system.ts';
import { FolderInUse } from './system-file.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args, root);
    if (options.help) process.stdout.write(usage);
    else await runSystem(options);
    return 0;
  } catch (error) {
    console.error(isExpected(error) ? `\n${error.message}\n` : error);
    return 1;
  }
}

/** Whether the message says it all. */
function isExpected(error: unknown): error is Error {
  return [UsageError, FolderInUse, PortsTaken].some((kind) => error instanceof kind);
}
