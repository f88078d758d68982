import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const execute = promisify(execFile);

/** Asks for a test database in another process, as Vitest's workers are. */
async function elsewhere(prismaDirectory: string): Promise<void> {
  const module = JSON.stringify(import.meta.resolve('./index.ts'));
  const script = `const { testDatabase } = await import(${module});
    const { drop } = await testDatabase(${JSON.stringify(prismaDirectory)});
    await drop();`;
  await execute(process.execPath, ['--input-type=module', '-e', script]);
}

test('nobody gets a database in which a migration has failed', async () => {
  const broken = mkdtempSync(path.join(os.tmpdir(), 'ko-testing-'));
  cpSync(path.join(import.meta.dirname, 'fixture'), broken, { recursive: true });
  mkdirSync(path.join(broken, 'migrations/20260103000000_broken'));
  writeFileSync(path.join(broken, 'migrations/20260103000000_broken/migration.sql'), 'CREATE TABLE nonsense (;');

  await expect(elsewhere(broken)).rejects.toThrow(/20260103000000_broken failed: syntax error/);
  await expect(elsewhere(broken)).rejects.toThrow(/20260103000000_broken failed: syntax error/);
  rmSync(broken, { recursive: true });
});
