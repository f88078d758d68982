import type { Check, Finding } from './finding.ts';

/** Milliseconds that a check may take. */
const patience = 8_000;

/** Runs all checks at once. What keeps one from its work is what it finds. */
export async function runChecks(
  checks: readonly Check[],
  { within = patience }: { /** Milliseconds that each may take. */ readonly within?: number } = {},
): Promise<readonly Finding[]> {
  return (await Promise.all(checks.map((check) => runCheck(check, within)))).flat();
}

async function runCheck({ name, run }: Check, within: number): Promise<readonly Finding[]> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${within / 1_000} s`)), within);
  try {
    return await Promise.race([run(), late.promise]);
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).trim().split('\n');
    return [
      {
        level: 'wrong',
        subject: name,
        found: `cannot be checked: ${reason}`,
        mend: 'mend what else is wrong, then look again',
      },
    ];
  } finally {
    clearTimeout(timer);
  }
}
