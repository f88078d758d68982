// Runs a program of this repository on any Node from 18 on: installs the packages, generates the Prisma clients, each
// only when out of date, then hands over to the Node 24 that came with the packages. Plain JavaScript, since Node 18
// reads no TypeScript: `node tools/run.mjs <file> [arguments]`.
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { outdatedPackages, ownNode, staleClients } from './run/state.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const modules = path.join(root, 'node_modules');
const windows = process.platform === 'win32';
const node = ownNode(root);
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const environment = {
  ...process.env,
  PATH: [path.join(modules, '.bin'), process.env.PATH].join(path.delimiter),
  // Node then compiles a file once for all processes that load it, which start a third faster.
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? path.join(modules, '.cache', 'node'),
};

if (Number.parseInt(process.versions.node, 10) < 18) {
  fail(`Node ${process.versions.node} is too old: any Node from 18 on will do, it only brings in the right one.`);
}
/** With this exit code a program asks to be run again, with what is new by then. */
const again = 75;

await prepareAndRun();

async function prepareAndRun() {
  if (outdatedPackages(root).length > 0) install();
  await generateClients();
  handOver(process.argv.slice(2));
}

function install() {
  console.error('Installing packages (npm ci) …');
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const options = { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] };

  // Below `npm run`, npm says where it and its own Node are; the Node running this may be the one about to be replaced.
  const { npm_execpath: npm = '', npm_node_execpath: npmNode = process.execPath } = process.env;
  const { error, status, signal } = npm.endsWith('npm-cli.js')
    ? spawnSync(npmNode, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: windows });

  if (error && error.code === 'ENOENT') fail('npm is missing: install it, then run this again.');
  if (error) throw error;
  if (status !== 0) fail(`npm ci failed (${signal || `exit code ${status}`}): nothing was started.`);
}

/** Generates the Prisma client of each app whose schema, or Prisma itself, changed since the last time. */
async function generateClients() {
  const stale = staleClients(root);
  if (stale.length === 0) return;

  console.error(`Generating Prisma clients (${stale.map(({ name }) => name).join(', ')}) …`);
  await Promise.all(
    stale.map(async ({ name, home, stamp, hash }) => {
      const { code, output } = await capture([path.join(modules, 'prisma', 'build', 'index.js'), 'generate'], home);
      if (code !== 0) fail(`prisma generate failed in apps/${name}:\n${output}`);
      writeFileSync(stamp, hash);
    }),
  );
}

/** Runs the program in this one's place: same terminal, same signals, same end. */
function handOver(args) {
  const child = spawn(node, args, { cwd: root, stdio: 'inherit', env: environment });
  child.on('error', (error) => fail(`cannot run ${node}: ${error.message}`));

  // A terminal sends Ctrl-C to the child as well: passing it on would deliver it twice.
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const passOn = (signal) => (terminal && signal === 'SIGINT') || child.kill(signal);
  for (const signal of signals) process.on(signal, passOn);

  // npm passes SIGTERM to its shell only, which ends and leaves this behind.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (!process.env.npm_lifecycle_event || process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 500);

  child.on('exit', (code, signal) => {
    clearInterval(watch);
    for (const one of signals) process.off(one, passOn);
    if (code === again) return void prepareAndRun();
    if (signal === null) process.exit(code);
    process.kill(process.pid, signal);
  });
}

function capture(args, cwd) {
  return new Promise((resolve, reject) => {
    const env = { ...environment, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
    const child = spawn(node, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
