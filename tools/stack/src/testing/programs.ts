import { freePorts } from '@ko/discovery/testing';
import type { PlannedProgram } from '../plan.ts';
import type { SystemReport } from '../system.ts';

/** Serves until it is told to stop. */
export const serving = `
  const server = require('node:http').createServer((request, response) => response.end());
  server.listen(Number(process.env.PORT), '127.0.0.1');`;

/** Serves, and does not listen when it is told to stop. */
export const stubborn = `process.on('SIGTERM', () => {}); ${serving}`;

/** A program of a system, on a port of its own; its name may be that of an instance, such as `user.2`. */
export async function program(name: string, source: string): Promise<PlannedProgram> {
  const [port = 0] = await freePorts(1);
  const readyUrl = `http://127.0.0.1:${port}/readyz`;
  const [service = name] = name.split('.');
  return { name, service, args: ['--eval', source], env: { PORT: String(port) }, readyUrl, sources: [] };
}

/** Remembers what a system reports. */
export function reported() {
  const told = {
    news: [] as string[],
    crashes: [] as unknown[],
    running: {} as Readonly<Record<string, number>>,
    killed: false,
  };
  const report: SystemReport = {
    line() {},
    news: (text) => {
      told.news.push(text);
      told.killed ||= text.includes('killed');
    },
    crashed: (name, how, _lastLines, restartIn) => told.crashes.push([name, how, restartIn]),
    running: (pids) => (told.running = pids),
  };
  return { told, report };
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
