import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const tools = join(import.meta.dirname, '..');

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'doctor-'));
  for (const file of ['doctor.mjs', 'doctor/report.mjs', 'doctor/tools.mjs', 'run/state.mjs']) {
    cpSync(join(tools, file), join(root, 'tools', file));
  }
  write('package-lock.json', lock({ 'node_modules/zod': '4.0.0', 'node_modules/prisma': '7.0.0' }));
  write('tools/doctor.ts', `process.stdout.write('[{ "level": "ok", "subject": "all else", "found": "fine" }]');`);
});

afterEach(() => rmSync(root, { recursive: true }));

function lock(versions: Readonly<Record<string, string>>): object {
  const packages = Object.entries(versions).map(([where, version]) => [where, { version }]);
  return { packages: { '': { name: 'test' }, ...(Object.fromEntries(packages) as object) } };
}

function write(file: string, content: object | string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), typeof content === 'string' ? content : JSON.stringify(content));
}

function install(versions: Readonly<Record<string, string>>): void {
  write('node_modules/.package-lock.json', lock(versions));
  write('node_modules/node/package.json', { version: process.versions.node });
  write('node_modules/prisma/package.json', { version: '7.0.0' });
  mkdirSync(join(root, 'node_modules/node/bin'));
  symlinkSync(
    process.execPath,
    join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node'),
  );
  mkdirSync(join(root, 'apps'), { recursive: true });
}

function doctor(args: readonly string[] = [], agent = 'npm/11.0.0 node/v20.1.0 linux x64') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'tools/doctor.mjs'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, npm_config_user_agent: agent },
  });
  return { status, stdout, stderr };
}

test('without packages it says so, and how to get them', () => {
  const { status, stdout } = doctor();

  expect(stdout).toMatch(/^ok +Node of this machine +20\.1\.0$/m);
  expect(stdout).toMatch(/^ok +npm +11\.0\.0$/m);
  expect(stdout).toMatch(/^wrong +packages +not installed → npm ci$/m);
  expect(stdout).toMatch(/^note +all else +not looked at/m);
  expect(status).toBe(1);
});

test('an old Node is wrong', () => {
  const { status, stdout } = doctor([], 'npm/8.0.0 node/v16.20.2 linux x64');

  expect(stdout).toMatch(/^wrong +Node of this machine +16\.20\.2 is too old.* → install Node: https:/m);
  expect(status).toBe(1);
});

test('packages of another version than the lock file has are wrong', () => {
  install({ 'node_modules/zod': '3.9.0', 'node_modules/prisma': '7.0.0' });

  expect(doctor().stdout).toMatch(/^wrong +packages .*package-lock\.json has: zod → npm ci$/m);
});

test('with packages it finds out all else', () => {
  install({ 'node_modules/zod': '4.0.0', 'node_modules/prisma': '7.0.0' });

  const { status, stdout } = doctor();

  expect(stdout).toMatch(/^ok +all else +fine$/m);
  expect(stdout).toMatch(/\n0 wrong, \d warnings?, \d ok\n$/);
  expect(status).toBe(0);
});

test('a Prisma client that was never generated is wrong, and keeps nothing from being looked at', () => {
  install({ 'node_modules/zod': '4.0.0', 'node_modules/prisma': '7.0.0' });
  write('apps/user/prisma/schema.prisma', 'model User {}');

  const { status, stdout } = doctor();

  expect(stdout).toMatch(/^wrong +Prisma clients .*: user → npm run generate$/m);
  expect(stdout).toMatch(/^ok +all else +fine$/m);
  expect(status).toBe(1);
});

test('a repository whose code does not even start is wrong, in one line', () => {
  install({ 'node_modules/zod': '4.0.0', 'node_modules/prisma': '7.0.0' });
  write('tools/doctor.ts', `import 'no-such-package';`);

  const { status, stdout, stderr } = doctor();

  expect(stdout).toMatch(/^wrong +all else +cannot be looked at: .*no-such-package/m);
  expect(stderr).toBe('');
  expect(status).toBe(1);
});

test('for programs it prints JSON', () => {
  const { findings } = JSON.parse(doctor(['--json']).stdout) as { readonly findings: readonly object[] };

  expect(findings).toContainEqual({ level: 'wrong', subject: 'packages', found: 'not installed', mend: 'npm ci' });
});

test('it explains itself', () => {
  const { status, stdout } = doctor(['--help']);

  expect(stdout).toContain('npm run doctor [-- <options>]');
  expect(status).toBe(0);
});
