import type { DatabaseState } from './database-state.ts';
import type { Finding } from './finding.ts';

export interface Circumstances {
  /** Of the app and of its database. */
  readonly name: string;
  /** Whether the system runs, and uses the database as it is; otherwise a start would first bring it up to date. */
  readonly runs: boolean;
  /** Of the database. */
  readonly url: string;
}

/** What the state of a database means; undefined is one that does not exist. */
export function databaseFindings(state: DatabaseState | undefined, of: Circumstances): readonly Finding[] {
  const subject = `database ${of.name}`;
  const late = { level: of.runs ? 'wrong' : 'warning', subject } as const;
  if (state === undefined) {
    return [{ ...late, found: 'does not exist', mend: of.runs ? 'stop the system, then npm start' : 'npm start' }];
  }

  const { pending, failed, edited, foreign, drift } = state;
  const migrate = (command: string) =>
    `cd apps/${of.name} && DATABASE_URL='${withoutPasswords(of.url)}' npx prisma migrate ${command}`;
  const findings: readonly Finding[] = [
    ...failed.map((migration) => ({
      level: 'wrong' as const,
      subject,
      found: `the migration ${migration} failed halfway`,
      mend: `correct it, then ${migrate(`resolve --rolled-back ${migration}`)}`,
    })),
    ...some(pending, (names) => ({
      ...late,
      found: `lacks the migrations ${names}`,
      mend: of.runs ? migrate('deploy') : 'npm start',
    })),
    ...some(foreign, (names) => ({
      level: 'warning',
      subject,
      found: `has migrations that this checkout lacks: ${names}`,
      mend: `check out the branch that has them, or empty the database: ${migrate('reset')}`,
    })),
    ...some(edited, (names) => ({
      level: 'warning',
      subject,
      found: `has migrations that were edited afterwards: ${names}`,
      mend: `undo the edit, and make a migration of its own of it: ${migrate('dev')}`,
    })),
    ...some(drift === undefined ? [] : [drift], (difference) => ({
      level: 'wrong',
      subject,
      found: `has all migrations, and yet differs from schema.prisma: ${difference}`,
      mend: migrate('dev'),
    })),
  ];
  return findings.length > 0 ? findings : [{ level: 'ok', subject, found: 'as its migrations and its schema have it' }];
}

function some(names: readonly string[], finding: (names: string) => Finding): readonly Finding[] {
  return names.length === 0 ? [] : [finding(names.join(', '))];
}

function withoutPasswords(url: string): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = 'PASSWORD';
  for (const name of [...shown.searchParams.keys()]) {
    if (/password/i.test(name)) shown.searchParams.set(name, 'PASSWORD');
  }
  return shown.href;
}
