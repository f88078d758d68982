import { Refusal } from './refusal.ts';

/** One name in the spellings that files, code, contracts and environments ask for. */
export interface Names {
  /** `user-profile` */
  readonly kebab: string;
  /** `userProfile` */
  readonly camel: string;
  /** `UserProfile` */
  readonly pascal: string;
  /** `user_profile` */
  readonly snake: string;
  /** `USER_PROFILE` */
  readonly constant: string;
  /** `user profile` */
  readonly words: string;
}

/** Longer names do not fit everywhere: Postgres, DNS and Kubernetes allow 63 characters, some of them for suffixes. */
const longest = 40;

/** The spellings of a name in kebab-case, camelCase, PascalCase or snake_case. */
export function namesOf(name: string): Names {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[-_]/);
  const pascal = words.map(capitalized).join('');
  return {
    kebab: words.join('-'),
    camel: pascal.charAt(0).toLowerCase() + pascal.slice(1),
    pascal,
    snake: words.join('_'),
    constant: words.join('_').toUpperCase(),
    words: words.join(' '),
  };
}

/** Throws a Refusal unless the name is in kebab-case and fits everywhere. `kind` says what is named: `service`. */
export function requireKebab(name: string, kind: string): void {
  const fault = kebabFault(name);
  if (fault !== undefined) {
    throw new Refusal(
      `'${name}' cannot be the name of a ${kind}: ${fault}. Take one such as payments or user-profile.`,
    );
  }
  if (isReservedWord(namesOf(name).camel)) {
    throw new Refusal(`'${name}' cannot be the name of a ${kind}: it is a word of the language. Take another.`);
  }
}

/** Throws a Refusal unless the name is in PascalCase and fits everywhere. */
export function requirePascal(name: string, kind: string): void {
  if (!/^[A-Z][A-Za-z\d]*$/.test(name) || name.length > longest || name !== namesOf(name).pascal) {
    throw new Refusal(
      `'${name}' cannot be the name of a ${kind}: take one such as Payment or UserProfile: ` +
        `ASCII letters and digits, each word with one capital, at most ${longest} characters.`,
    );
  }
}

/** Whether the language itself claims the word. */
export function isReservedWord(word: string): boolean {
  return reservedWords.has(word);
}

function kebabFault(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (/[/\\]|\.\./.test(name)) return 'it is a path';
  if (/[^\x20-\x7e]/.test(name)) return 'it has other characters than ASCII ones';
  if (/[A-Z]/.test(name)) return 'it has capitals';
  if (/^\d/.test(name)) return 'it begins with a digit';
  if (!/^[a-z][a-z\d]*(-[a-z\d]+)*$/.test(name))
    return 'it has more than letters, digits and single dashes between them';
  if (name.length > longest) return `it is longer than ${longest} characters`;
  return undefined;
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Of ECMAScript in modules, of TypeScript, and globals that hiding would hurt. */
const reservedWords: ReadonlySet<string> = new Set(
  `arguments as async await boolean break case catch class const constructor continue debugger default delete do else enum
  eval export extends false finally for from function get if implements import in infinity instanceof interface let
  module naN namespace new null number object of package private process protected prototype public require return set
  static string super switch symbol this throw true try type typeof undefined var void while with yield`.split(/\s+/),
);
