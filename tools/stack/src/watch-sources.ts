import { watch } from 'node:fs';
import { join } from 'node:path';

/** Milliseconds without a further change after which a burst of them is over. */
const quiet = 200;

/**
 * Tells of changes of the sources in some folders, once for a burst of them, naming a file that changed. Ends with the
 * signal.
 */
export function watchSources(folders: readonly string[], signal: AbortSignal, changed: (file: string) => void): void {
  let burst: NodeJS.Timeout | undefined;
  for (const folder of folders) {
    watch(folder, { recursive: true, signal }, (_event, file) => {
      if (file === null || !/(?<!\.spec)\.ts$/.test(file)) return;
      clearTimeout(burst);
      burst = setTimeout(() => changed(join(folder, file)), quiet);
    });
  }
  signal.addEventListener('abort', () => clearTimeout(burst));
}
