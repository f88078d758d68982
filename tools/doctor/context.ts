import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parseOptions, type Options } from '../stack/src/options.ts';
import type { Environment } from '../stack/src/plan.ts';
import { readSystem, type SystemState } from '../stack/src/system-file.ts';

/** What the checks are about: `npm start` with these options, here. */
export interface Context {
  /** Folder of the repository. */
  readonly root: string;
  readonly options: Options;
  /** What a start would read: that of this process, and from `.env` what that lacks. */
  readonly environment: Environment;
  /** The names of the variables that `.env` has. */
  readonly inEnvFile: ReadonlySet<string>;
  /** What runs already from the data folder. */
  readonly system: SystemState | undefined;
}

/** Throws a UsageError when the arguments are none of `npm start`. */
export function readContext(root: string, args: readonly string[], own: Environment = process.env): Context {
  const options = parseOptions(args, root);
  const file = join(root, '.env');
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return {
    root,
    options,
    environment: { ...fromFile, ...own },
    inEnvFile: new Set(Object.keys(fromFile).filter((name) => own[name] === undefined)),
    system: readSystem(options.data),
  };
}
