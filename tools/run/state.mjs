// What is installed and generated, in plain JavaScript: this has to run on whatever Node a machine has, before anything is
// installed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The Node that comes with the packages. */
export function ownNode(root) {
  return path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** The folders of package-lock.json that node_modules lacks or has in another version. Those for other platforms may be missing. */
export function outdatedPackages(root) {
  const wanted = Object.entries(readJson(path.join(root, 'package-lock.json')).packages);
  const record = path.join(root, 'node_modules', '.package-lock.json');
  const present = existsSync(record) && existsSync(ownNode(root)) ? readJson(record).packages : {};
  return wanted
    .filter(
      ([where, { version, optional }]) =>
        where !== '' && !(present[where] ? present[where].version === version : optional),
    )
    .map(([where]) => where);
}

/** The names of the apps that have a database. */
export function appsWithDatabase(root) {
  const apps = path.join(root, 'apps');
  return readdirSync(apps).filter((name) => existsSync(path.join(apps, name, 'prisma', 'schema.prisma')));
}

/** The apps whose Prisma client is missing, or was generated from another schema or by another Prisma. Needs the packages. */
export function staleClients(root) {
  const modules = path.join(root, 'node_modules');
  const { version } = readJson(path.join(modules, 'prisma', 'package.json'));

  return appsWithDatabase(root)
    .map((name) => ({ name, home: path.join(root, 'apps', name), stamp: path.join(modules, `.ko-prisma-${name}`) }))
    .map((app) => ({ ...app, hash: hash(version, readFileSync(path.join(app.home, 'prisma', 'schema.prisma'))) }))
    .filter(({ home, stamp, hash }) => {
      const generated = existsSync(path.join(home, 'src', 'generated', 'prisma'));
      return !generated || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash;
    });
}

export function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function hash(...parts) {
  return parts.reduce((sum, part) => sum.update(part), createHash('sha256')).digest('hex');
}
