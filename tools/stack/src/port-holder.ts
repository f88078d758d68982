import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

const listening = '0A';

/** Who listens on a TCP port, as far as Linux tells this user: `node server.js (process 4711 in /home/ada/shop)`. */
export async function portHolder(port: number): Promise<string | undefined> {
  const sockets = await socketsOn(port);
  if (sockets.size === 0) return undefined;
  for (const pid of (await list('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (await holdsOneOf(pid, sockets)) return describe(pid);
  }
  return undefined;
}

/** What the file descriptors of the sockets that listen on a port link to. */
async function socketsOn(port: number): Promise<ReadonlySet<string>> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(read));
  const rows = tables.flatMap((table) => table.split('\n').map((row) => row.trim().split(/\s+/)));
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = rows.flatMap(([, local, , state, , , , , , inode]) =>
    state === listening && local?.endsWith(`:${wanted}`) ? [`socket:[${inode}]`] : [],
  );
  return new Set(inodes);
}

async function holdsOneOf(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await list(`/proc/${pid}/fd`);
  const targets = await Promise.all(descriptors.map((descriptor) => target(`/proc/${pid}/fd/${descriptor}`)));
  return targets.some((socket) => sockets.has(socket));
}

async function describe(pid: string): Promise<string> {
  const [program = '', ...args] = (await read(`/proc/${pid}/cmdline`)).split('\0');
  // Of a program in JavaScript its file says most.
  const telling = args.findLast((argument) => /\.[cm]?[jt]s$/.test(argument)) ?? args.join(' ').slice(0, 60).trim();
  return `${basename(program)} ${telling} (process ${pid} in ${await target(`/proc/${pid}/cwd`)})`;
}

// Processes end while one looks, those of other users are closed to us, and only Linux has /proc: not to know is no fault.
const nothing = { list: (): string[] => [], text: () => '' };
const list = (folder: string) => readdir(folder).catch(nothing.list);
const read = (file: string) => readFile(file, 'utf8').catch(nothing.text);
const target = (link: string) => readlink(link).catch(nothing.text);
