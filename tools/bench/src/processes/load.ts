import type { Job, LoadNews } from '../load/job.ts';
import { Load } from '../load/load.ts';

// A process of its own, so that it can have a core of its own. Does one job after the other, each a message of its parent.
let load: Load | undefined;

process.on('message', (message: Job | 'close') => {
  if (message === 'close') load?.close();
  else void work(message);
});
process.on('disconnect', () => process.exit());

async function work(job: Job): Promise<void> {
  load?.close();
  load = new Load(job);
  try {
    await load.open();
    tell({ kind: 'connected' });
    tell({ kind: 'ended', result: await load.run(() => tell({ kind: 'begins' })) });
  } catch (error) {
    tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
}

function tell(news: LoadNews): void {
  process.send?.(news);
}
