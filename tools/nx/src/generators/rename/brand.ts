import { namesOf, requireKebab } from '../../names.ts';
import { Refusal } from '../../refusal.ts';
import { protoRootOf } from '../../workspace.ts';

/** What a workspace is called, in every spelling that is used for it. */
export interface Brand {
  /** `acme-shop`: npm scope, folders, names that programs read. */
  readonly name: string;
  /** `Acme Shop`: what people read. */
  readonly title: string;
  /** `acme_shop`: proto packages, metrics. */
  readonly snake: string;
  /** `ACME_SHOP`: environment. */
  readonly constant: string;
}

export function brandOf(name: string, title: string = titleOf(name)): Brand {
  return { name, title, snake: protoRootOf(name), constant: namesOf(name).constant };
}

/** Throws a Refusal unless a workspace can have the name and the title. `taken` says what has other names already. */
export function requireBrand({ name, title, snake }: Brand, taken: ReadonlyMap<string, string>): void {
  requireKebab(name, 'workspace');
  const holder = taken.get(name) ?? taken.get(snake);
  if (holder !== undefined) {
    throw new Refusal(`'${name}' cannot be the name of the workspace: ${holder} has it. Take another.`);
  }
  if (!/^[\p{L}\p{N}][\p{L}\p{N} .&-]{0,58}[\p{L}\p{N}.]?$/u.test(title)) {
    throw new Refusal(
      `'${title}' cannot be the title: it is read in code and in docs, so it has up to 60 letters, digits, spaces, . & and -.`,
    );
  }
}

/** One word stays as it is; several become words with capitals. */
function titleOf(name: string): string {
  const words = name.split('-');
  return words.length === 1 ? name : words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
}
