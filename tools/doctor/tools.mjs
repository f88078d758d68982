// The checks that need no packages: what brings the packages in. Plain JavaScript for any Node.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { outdatedPackages, ownNode, readJson, staleClients } from '../run/state.mjs';

const oldest = 18;
const nodeHome = 'https://nodejs.org';

/** What is found of Node, npm, git, the packages and the Prisma clients of the repository in the folder. */
export function checkTools(root) {
  const outdated = outdatedPackages(root);
  return [
    machineNode(),
    npm(),
    git(root),
    packages(root, outdated),
    ...(outdated.length === 0 ? [ownNodeRuns(root), prismaClients(root)] : []),
  ];
}

/** Below `npm run`, the Node in PATH is that of the packages: npm says what it runs on itself. */
function machineNode() {
  const subject = 'Node of this machine';
  const version = fromNpm('node') || process.versions.node;
  return Number.parseInt(version, 10) < oldest
    ? wrong(subject, `${version} is too old: it takes ${oldest} or a later one`, `install Node: ${nodeHome}`)
    : ok(subject, version);
}

function npm() {
  const version = fromNpm('npm') || output('npm', ['--version']);
  return version ? ok('npm', version) : wrong('npm', 'not found', `install Node, which brings it: ${nodeHome}`);
}

function git(root) {
  const version = output('git', ['--version']);
  if (!version) return wrong('git', 'not found', 'install git: https://git-scm.com/downloads');
  return output('git', ['-C', root, 'rev-parse', '--git-dir'])
    ? ok('git', version.replace(/^git version /, ''))
    : warning('git', 'this folder is no repository, so contracts cannot be compared with earlier ones', 'git init');
}

function packages(root, outdated) {
  if (outdated.length === 0) return ok('packages', 'as package-lock.json has them');
  if (!existsSync(path.join(root, 'node_modules', '.package-lock.json'))) {
    return wrong('packages', 'not installed', 'npm ci');
  }
  const [first] = outdated.map((where) => where.replace(/^.*node_modules\//, ''));
  const others = outdated.length === 1 ? '' : ` and ${outdated.length - 1} more`;
  return wrong('packages', `missing, or in another version than package-lock.json has: ${first}${others}`, 'npm ci');
}

/** It does not where the packages were installed on another system, such as outside a container. */
function ownNodeRuns(root) {
  const subject = 'Node of the packages';
  const { version } = readJson(path.join(root, 'node_modules', 'node', 'package.json'));
  const runs = output(ownNode(root), ['--version']) === `v${version}`;
  return runs ? ok(subject, version) : wrong(subject, `${version} does not run on this machine`, 'npm ci');
}

function prismaClients(root) {
  const stale = staleClients(root).map(({ name }) => name);
  return stale.length === 0
    ? ok('Prisma clients', 'as the schemas have them')
    : wrong('Prisma clients', `missing, or not from the schema there is: ${stale.join(', ')}`, 'npm run generate');
}

/** What npm says of a version when it runs this. */
function fromNpm(program) {
  const [, version] = new RegExp(`(?:^| )${program}/v?(\\S+)`).exec(process.env.npm_config_user_agent || '') || [];
  return version;
}

/** What a program prints; undefined if it is missing, fails or hangs. */
function output(program, args) {
  const shell = process.platform === 'win32' && program === 'npm';
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', timeout: 3000, shell });
  return status === 0 ? stdout.trim() : undefined;
}

function ok(subject, found) {
  return { level: 'ok', subject, found };
}

function warning(subject, found, mend) {
  return { level: 'warning', subject, found, mend };
}

function wrong(subject, found, mend) {
  return { level: 'wrong', subject, found, mend };
}
