import { logger, type Tree } from '@nx/devkit';

/** What a run did not do, and why; told at its end. */
export class LeftAlone {
  readonly #reasons: string[] = [];

  get reasons(): readonly string[] {
    return this.#reasons;
  }

  add(what: string, why: string): void {
    this.#reasons.push(`LEFT ALONE ${what}: ${why}`);
  }

  /** Tells all of it, below what Nx says was written. */
  tell(): void {
    for (const reason of this.#reasons) logger.info(reason);
  }
}

/** Writes a file that belongs to its users from then on: one that is there stays as it is. */
export function writeOnce(tree: Tree, path: string, content: string, leftAlone: LeftAlone): void {
  const present = tree.read(path, 'utf8');
  if (present === null) tree.write(path, content);
  else if (present !== content) leftAlone.add(path, 'it is there, and was changed since it was generated');
}
