import { spawn, type ChildProcess } from 'node:child_process';

/** Ends a program that knows nothing of us when this process has died without stopping it. */
export function tether(child: ChildProcess): void {
  child.once('spawn', () => {
    // What it reads from ends with this process, whatever ended that.
    const keeper = spawn('sh', ['-c', 'read _; kill "$1"', 'sh', String(child.pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    keeper.on('error', () => {}); // No shell, no tether: the program outlives an accident.
    keeper.unref();
    child.once('exit', () => keeper.kill('SIGKILL'));
  });
}
