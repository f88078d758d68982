import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { Finding } from './finding.ts';

const gib = 2 ** 30;

/** Bytes that the whole system takes, one process each. */
const memoryNeeded = 1.5 * gib;

/** Bytes: below the first the data has no room to grow, below the second Postgres does not start. */
const room = { comfortable: gib, least: 0.1 * gib };

export interface Memory {
  /** Bytes that a process may still get; undefined where the system does not tell. */
  readonly available: number | undefined;
  readonly total: number;
}

/** What this machine, or the container that this runs in, has. */
export function memoryOfMachine(): Memory {
  return {
    // What macOS calls free is what nobody ever had: it has caches in all the rest.
    available: process.platform === 'darwin' ? undefined : process.availableMemory(),
    total: Math.min(totalmem(), process.constrainedMemory() || Infinity),
  };
}

export function checkMemory({ available, total }: Memory): readonly Finding[] {
  const subject = 'memory';
  const found = available === undefined ? size(total) : `${size(available)} of ${size(total)} available`;
  if ((available ?? total / 2) >= memoryNeeded) return [{ level: 'ok', subject, found }];
  const mend = 'close other programs, or npm start -- --monolith';
  return [{ level: 'warning', subject, found: `${found}: the system takes about ${size(memoryNeeded)}`, mend }];
}

/** Bytes that are free where a folder is, or will be. */
export async function freeDisk(folder: string): Promise<number> {
  if (!existsSync(folder) && dirname(folder) !== folder) return freeDisk(dirname(folder));
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

export function checkDisk(folder: string, free: number): readonly Finding[] {
  const found = `${size(free)} free for the data in ${folder}`;
  if (free >= room.comfortable) return [{ level: 'ok', subject: 'disk', found }];
  const mend = 'make room, or npm start -- --data <folder on another disk>';
  return [{ level: free < room.least ? 'wrong' : 'warning', subject: 'disk', found, mend }];
}

function size(bytes: number): string {
  return `${(bytes / gib).toFixed(1)} GiB`;
}
