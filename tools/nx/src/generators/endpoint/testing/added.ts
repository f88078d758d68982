import type { Tree } from '@nx/devkit';
import { textOf } from '../../../testing/repository.ts';

/** Lines of a file that another version of it lacks, in their order. */
export function added(before: Tree, after: Tree, file: string): string {
  const rest = textOf(before, file).split('\n');
  const lines = textOf(after, file)
    .split('\n')
    .filter((line) => {
      if (line !== rest[0]) return true;
      rest.shift();
      return false;
    });
  if (rest.length > 0) throw new Error(`${file} has lost: ${rest[0] ?? ''}`);
  return lines.join('\n').trim();
}
