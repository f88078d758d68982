import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { generatedIsCurrent } from '../check/generated.ts';
import { root } from '../check/run.ts';
import type { Finding } from './finding.ts';

const subject = 'generated code';

/** Whether the TypeScript of the contracts is what they say. */
export async function checkGenerated(): Promise<readonly Finding[]> {
  if (!existsSync(join(root, 'libs/contracts/src/gen'))) {
    return [{ level: 'wrong', subject, found: 'missing', mend: 'npm run generate' }];
  }
  const { result, output } = await generatedIsCurrent();
  if (result === 'passed') return [{ level: 'ok', subject, found: 'as the contracts have it' }];

  const [first = '', ...lines] = output.trim().split('\n');
  return first.startsWith('Out of date')
    ? [{ level: 'wrong', subject, found: staleFiles(lines.map((line) => line.trim())), mend: 'npm run generate' }]
    : [{ level: 'wrong', subject, found: `the contracts make none: ${first}`, mend: 'npx buf lint' }];
}

function staleFiles([first = '', ...others]: readonly string[]): string {
  return `other than the contracts have it: ${first}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}
