/** A word, a text in quotes or a sign, where it stands. */
export interface Token {
  readonly kind: 'word' | 'string' | 'sign';
  /** Without its quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A declaration of a .proto file: all up to its semicolon, or its body in braces. */
export interface Statement {
  readonly tokens: readonly Token[];
  /** Where its first word stands; comments before it are not part of it. */
  readonly start: number;
  readonly end: number;
  /** What the braces hold, of a message, a service, a method and the like. */
  readonly body?: Body;
}

/** What stands between two braces, or in the whole file. */
export interface Body {
  readonly start: number;
  readonly end: number;
  readonly statements: readonly Statement[];
}

/** Declarations whose braces hold others. All other braces are values. */
const blocks: ReadonlySet<string> = new Set(['message', 'enum', 'service', 'rpc', 'oneof', 'extend']);

const lexeme =
  /(?<space>\s+|\/\/[^\n]*|\/\*[^]*?\*\/)|"(?<double>(?:[^"\\\n]|\\.)*)"|'(?<single>(?:[^'\\\n]|\\.)*)'|(?<word>[\w.]+)|(?<sign>[^])/y;

/** Reads a .proto file as nested declarations. Throws a TypeError where braces do not match. */
export function parseProto(text: string): Body {
  const tokens = tokensOf(text);
  let next = 0;
  const body = readBody(0, text.length);
  if (next < tokens.length) throw new TypeError('there is a } too many');
  return body;

  function readBody(start: number, outerEnd: number): Body {
    const statements: Statement[] = [];
    for (let token = tokens[next]; token !== undefined && !isSign(token, '}'); token = tokens[next]) {
      if (isSign(token, ';')) next++;
      else statements.push(readStatement());
    }
    return { start, end: tokens[next]?.start ?? outerEnd, statements };
  }

  function readStatement(): Statement {
    const own: Token[] = [];
    let depth = 0;
    for (let token = tokens[next]; token !== undefined; token = tokens[next]) {
      own.push(token);
      next++;
      if (depth === 0 && isSign(token, ';')) return statement(own, token.end);
      if (depth === 0 && isSign(token, '{') && blocks.has(own[0]?.text ?? '')) {
        const body = readBody(token.end, text.length);
        const close = tokens[next++];
        if (close === undefined) throw new TypeError(`${own[0]?.text} ${own[1]?.text} has no } at its end`);
        return { ...statement(own.slice(0, -1), close.end), body };
      }
      if (isSign(token, '{', '[', '(')) depth++;
      if (isSign(token, '}', ']', ')')) depth--;
    }
    throw new TypeError(`${own.map((token) => token.text).join(' ')} has no ; at its end`);
  }
}

/** Whether it is one of those signs. */
export function isSign(token: Token | undefined, ...signs: readonly string[]): boolean {
  return token?.kind === 'sign' && signs.includes(token.text);
}

function statement(tokens: readonly Token[], end: number): Statement {
  return { tokens, start: tokens[0]?.start ?? end, end };
}

function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(new RegExp(lexeme, 'gy'))].flatMap(({ index, 0: whole, groups = {} }): Token[] => {
    const { space, double, single, word } = groups;
    if (space !== undefined) return [];
    const quoted = double ?? single;
    const kind = quoted !== undefined ? 'string' : word !== undefined ? 'word' : 'sign';
    return [{ kind, text: quoted ?? whole, start: index, end: index + whole.length }];
  });
}
