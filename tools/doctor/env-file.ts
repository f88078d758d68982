import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Finding } from './finding.ts';

const subject = '.env';

/** Whether git has the file that is for secrets; without git, nothing. */
export async function checkEnvFile(root: string): Promise<readonly Finding[]> {
  const committed = await tracked(root);
  if (committed === undefined) return [];
  return committed.length === 0
    ? [{ level: 'ok', subject, found: 'not in git' }]
    : committed.map((file) => ({
        level: 'wrong',
        subject,
        found: `git has ${file}: whatever is secret in it no longer is, so change that`,
        mend: `git rm --cached ${file}`,
      }));
}

/** The files of that kind in git's index; undefined when there is no git, or no repository. */
async function tracked(root: string): Promise<readonly string[] | undefined> {
  try {
    const files = ['.env', '.env.local', '**/.env', '**/.env.local'].map((file) => `:(glob)${file}`);
    const { stdout } = await promisify(execFile)('git', ['-C', root, 'ls-files', '-z', '--', ...files]);
    return stdout.split('\0').filter((file) => file !== '');
  } catch {
    return undefined; // The check of git itself says so.
  }
}
