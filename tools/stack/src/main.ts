import { UsageError } from './command-line.ts';
import { parseOptions, usage } from './options.ts';
import { PortsTaken } from './ports.ts';
import { Refusal } from './refusal.ts';
import { rollCommand } from './roll-command.ts';
import { root } from './root.ts';
import { runSystem } from './run-system.ts';
import { FolderInUse } from './system-file.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    await (args[0] === 'roll' ? rollCommand(args.slice(1), root) : start(args));
    return 0;
  } catch (error) {
    console.error(isExpected(error) ? `\n${error.message}\n` : error);
    return 1;
  }
}

async function start(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, root);
  if (options.help) process.stdout.write(usage);
  else await runSystem(options);
}

/** Whether the message says it all. */
function isExpected(error: unknown): error is Error {
  return [UsageError, FolderInUse, PortsTaken, Refusal].some((kind) => error instanceof kind);
}
