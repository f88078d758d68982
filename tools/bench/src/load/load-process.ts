import { join } from 'node:path';
import { RunningProgram } from '../running-program.ts';
import type { Job, LoadNews, LoadResult } from './job.ts';

/** What to do at the steps of a job. */
export interface Steps {
  /** All connections are open. */
  connected?(): void;
  /** What is measured begins. */
  begins?(): void;
  /** It has ended; the connections are still open. */
  ended?(): void;
}

/** The process that makes the load. */
export class LoadProcess {
  readonly #program: RunningProgram;

  constructor(folder: string, core: number | undefined) {
    const file = join(import.meta.dirname, '../processes/load.ts');
    const program = { name: 'load', command: process.execPath, args: [file], env: {}, cwd: folder };
    this.#program = new RunningProgram(program, { folder, core, ipc: true });
  }

  /** Does a job. Rejects when no connection can be opened, or when the process ends. */
  async run(job: Job, steps: Steps = {}): Promise<LoadResult> {
    const { child } = this.#program;
    const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
    const hear = (news: LoadNews): void => {
      if (news.kind === 'connected') steps.connected?.();
      else if (news.kind === 'begins') steps.begins?.();
      else if (news.kind === 'failed') reject(new Error(`no load: ${news.reason}`));
      else {
        steps.ended?.();
        resolve(news.result);
      }
    };
    const gone = (): void => reject(new Error(`the load process has ended:\n${this.#program.lastWords}`));
    child.on('message', hear).once('exit', gone);
    try {
      child.send(job);
      return await promise;
    } finally {
      child.off('message', hear).off('exit', gone);
    }
  }

  /** Closes the connections of the last job. */
  close(): void {
    this.#program.child.send('close');
  }

  async stop(): Promise<void> {
    await this.#program.stop();
  }
}
