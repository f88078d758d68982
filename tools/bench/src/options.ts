import { parseArgs } from 'node:util';

/** What to do with what is measured. */
export type Command = 'bench' | 'peers' | 'check';

export interface Options {
  readonly command: Command;
  readonly help: boolean;
  /** Names of scenarios; all of the command's when it is empty. */
  readonly scenarios: readonly string[];
  /** Names of what is measured; all when it is empty. */
  readonly only: readonly string[];
  /** Seconds of each measurement. */
  readonly seconds: number;
  /** Measurements of each. */
  readonly rounds: number;
  /** How often what is compared is started, the measurements shared out among the starts. */
  readonly starts: number;
  /** The first port of all. */
  readonly port: number;
  /** Find out where the time goes. */
  readonly profile: boolean;
  /** Write docs/benchmarks.* anew. */
  readonly save: boolean;
}

/** A command line that makes no sense, in words for who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `Measures what requests cost: CPU time per request of each process, requests per second, latencies, memory.
All that is compared runs at the same time and is measured in turn. Needs Linux.

  npm run bench [-- <options>]         ko in its shapes, beside the least that a gateway can cost
  npm run bench:peers [-- <options>]   the same with go-kit, NestJS and Moleculer, which are installed first
  npm run bench:check                  fails when ko has become slower than docs/benchmarks.json has it; five minutes

  --scenario <name>  this one only; may be given more than once (--scenario list shows all)
  --only <names>     these only, separated by commas, as in --only ko,go-kit
  --seconds <number> of each measurement (default: 1)
  --rounds <number>  measurements of each (default: 20)
  --starts <number>  of what answers from memory, the measurements shared out among them (default: 4)
  --profile          instead of measuring it, say where the time of a GET goes in ko's processes; profiles in .ko/bench/run
  --save             write docs/benchmarks.json, .md and .svg anew with what was measured
  --port <port>      the first of all ports (default: 27000)
  --help             show this
`;

/** The options on a command line. Throws a UsageError. */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const [command = 'bench', ...others] = positionals;
  if (!isCommand(command) || others.length > 0) throw new UsageError(`there is no command '${positionals.join(' ')}'`);
  return {
    command,
    help: values.help,
    scenarios: values.scenario,
    only: values.only.split(',').flatMap((name) => name.trim() || []),
    seconds: numberIn('seconds', values.seconds, 0.1, 60),
    rounds: wholeIn('rounds', values.rounds, 1, 100),
    starts: wholeIn('starts', values.starts, 1, 100),
    port: wholeIn('port', values.port, 1, 60_000),
    profile: values.profile,
    save: values.save,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        scenario: { type: 'string', multiple: true, default: [] },
        only: { type: 'string', default: '' },
        seconds: { type: 'string', default: '1' },
        rounds: { type: 'string', default: '20' },
        starts: { type: 'string', default: '4' },
        port: { type: 'string', default: '27000' },
        profile: { type: 'boolean', default: false },
        save: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function isCommand(text: string): text is Command {
  return text === 'bench' || text === 'peers' || text === 'check';
}

function numberIn(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= min && value <= max) return value;
  throw new UsageError(`--${option} takes a number from ${min} to ${max}, not '${text}'`);
}

function wholeIn(option: string, text: string, min: number, max: number): number {
  const value = numberIn(option, text, min, max);
  if (Number.isInteger(value)) return value;
  throw new UsageError(`--${option} takes a whole number, not '${text}'`);
}
