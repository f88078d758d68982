import { join } from 'node:path';
import { ESLint } from 'eslint';
import { beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const boundaries = '@nx/enforce-module-boundaries';
const layers = 'no-restricted-imports';

let eslint: ESLint;

beforeAll(() => {
  // The import rules alone, without types: the files below need not exist.
  eslint = new ESLint({
    cwd: root,
    ruleFilter: ({ ruleId }) => ruleId === boundaries || ruleId === layers,
    overrideConfig: { languageOptions: { parserOptions: { project: null } } },
  });
});

describe('between projects', () => {
  test.each([
    ['an app may not import another', 'apps/gateway/src/app.ts', '@ko/user'],
    ['an app may not reach into another by a path', 'apps/order/src/app.ts', '../../user/src/service.ts'],
    ['the journeys import nothing of ours', 'apps/e2e/src/order.spec.ts', '@ko/endpoint'],
    ['the core of contracts imports nothing of ours', 'libs/contracts/src/money.ts', '@ko/endpoint'],
    ['the core of endpoints imports nothing of ours', 'libs/endpoint/src/context.ts', '@ko/middleware'],
    ['the core does not import contracts, whatever the file', 'libs/endpoint/src/context.ts', '@ko/contracts/user'],
    ['a part may not import another', 'libs/middleware/src/retry.ts', '@ko/transport'],
    ['a part may not import what composes it', 'libs/transport/src/serve.ts', '@ko/service'],
    ['a library may not import an app', 'libs/service/src/run.ts', '@ko/user'],
  ])('%s', async (_name, file, specifier) => {
    expect(await rulesBrokenBy(file, specifier)).toEqual([boundaries]);
  });

  test.each([
    ['apps/gateway/src/app.ts', '@ko/contracts/user'],
    ['libs/endpoint/src/middleware.spec.ts', '@ko/contracts/user'],
    ['libs/middleware/src/retry.ts', '@ko/contracts/options'],
    ['libs/discovery/src/balancer.ts', '@ko/endpoint'],
    ['libs/service/src/server.ts', '@ko/transport'],
    ['tools/stack/src/main.ts', '@ko/user'],
  ])('%s may import %s', async (file, specifier) => {
    expect(await rulesBrokenBy(file, specifier)).toEqual([]);
  });
});

describe('between the layers of an app', () => {
  test.each([
    ['service.ts', '@ko/transport'],
    ['service.ts', '@ko/contracts/user'],
    ['service.ts', '@ko/service'],
    ['service.ts', 'pino'],
    ['service.ts', './repository.ts'],
    ['service.ts', './endpoints.ts'],
    ['service.ts', './generated/prisma/client.ts'],
    ['session-service.ts', './session-repository.ts'],
    ['repository.ts', './endpoints.ts'],
    ['repository.ts', './config.ts'],
    ['repository.ts', '@ko/contracts/user'],
    ['endpoints.ts', './repository.ts'],
    ['endpoints.ts', './generated/prisma/client.ts'],
    ['endpoints.ts', '@ko/data'],
    ['endpoints.ts', '@ko/transport'],
  ])('%s may not import %s', async (file, specifier) => {
    expect(await rulesBrokenBy(`apps/user/src/${file}`, specifier)).toEqual([layers]);
  });

  test.each([
    ['service.ts', 'node:crypto'],
    ['service.ts', '@ko/endpoint'],
    ['service.ts', './password.ts'],
    ['repository.ts', './service.ts'],
    ['repository.ts', './generated/prisma/client.ts'],
    ['repository.ts', '@ko/data'],
    ['endpoints.ts', './service.ts'],
    ['endpoints.ts', '@ko/contracts/user'],
  ])('%s may import %s', async (file, specifier) => {
    expect(await rulesBrokenBy(`apps/user/src/${file}`, specifier)).toEqual([]);
  });
});

/** Lints a file of one import as if it lay where `file` says. */
async function rulesBrokenBy(file: string, specifier: string): Promise<(string | null)[]> {
  const code = `import { thing } from '${specifier}';\n\nexport const own = thing;\n`;
  const [result] = await eslint.lintText(code, { filePath: join(root, file) });
  return result?.messages.map(({ ruleId, message }) => ruleId ?? message) ?? [];
}
