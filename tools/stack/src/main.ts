import { UsageError } from './command-line.ts';
import { parseOptions, usage } from './options.ts';
import { PortsTaken } from './ports.ts';
import { Refusal } from './refusal.ts';
import { rollCommand } from './roll-command.ts';
import { root } from './root.ts';
import { runSystem } from './run-system.ts';
import { FolderInUse } from './system-file.ts';

/** Asks tools/run.mjs to install what is new and to start this again. */
const startAgain = 75;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    if (args[0] !== 'roll') return await start(args);
    await rollCommand(args.slice(1), root);
    return 0;
  } catch (error) {
    console.error(isExpected(error) ? `\n${error.message}\n` : error);
    return 1;
  }
}

async function start(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, root);
  if (options.help) process.stdout.write(usage);
  else if (await runSystem(options)) return startAgain;
  return 0;
}

/** Whether the message says it all. */
function isExpected(error: unknown): error is Error {
  return [UsageError, FolderInUse, PortsTaken, Refusal].some((kind) => error instanceof kind);
}
