import { Refusal } from '../refusal.ts';
import { isSign, parseProto, type Body, type Statement, type Token } from './proto-syntax.ts';

/** An HTTP route of a method, as `google.api.http` says. */
export interface ProtoRoute {
  /** In lower case: `post`. */
  readonly verb: string;
  readonly path: string;
}

export interface ProtoMethod {
  readonly name: string;
  /** Name of the service that has it. */
  readonly service: string;
  readonly input: string;
  readonly output: string;
  readonly isInputStream: boolean;
  readonly isOutputStream: boolean;
  readonly routes: readonly ProtoRoute[];
}

const verbs: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'patch']);

/** A .proto file that generators add to, by its syntax. */
export class Proto {
  readonly path: string;
  #text: string;

  constructor(path: string, text: string) {
    this.path = path;
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  /** Names of the services, in the order of the file. */
  get services(): readonly string[] {
    return this.#named('service').map(nameOf);
  }

  /** Names of the messages and enums at the top of the file. */
  get types(): readonly string[] {
    return [...this.#named('message'), ...this.#named('enum')].map(nameOf);
  }

  /** The methods of all services, or of one. */
  methods(service?: string): readonly ProtoMethod[] {
    return this.#named('service')
      .filter((one) => service === undefined || nameOf(one) === service)
      .flatMap((one) => rpcs(one).map((rpc) => methodOf(nameOf(one), rpc)));
  }

  /** The texts in quotes in the declaration of a message's field; empty when there is no such field. */
  textsOfField(message: string, field: string): readonly string[] {
    const found = this.#named('message').find((one) => nameOf(one) === message);
    const [declaration] = (found?.body?.statements ?? []).filter(({ tokens }) => {
      const equals = tokens.findIndex((token) => isSign(token, '='));
      return tokens[equals - 1]?.text === field;
    });
    return declaration?.tokens.filter(({ kind }) => kind === 'string').map(({ text }) => text) ?? [];
  }

  /** Imports a file, in the order of their names. Does nothing when it is imported. */
  import(file: string): void {
    const { statements } = this.#parse();
    const imports = statements.filter(({ tokens }) => tokens[0]?.text === 'import');
    if (imports.some((one) => importedBy(one) === file)) return;
    const line = `import "${file}";`;
    const after = imports.findLast((one) => importedBy(one) < file);
    const [first] = imports;
    if (after !== undefined) this.#insert(this.#lineEnd(after.end), `\n${line}`);
    else if (first !== undefined) this.#insert(first.start, `${line}\n`);
    else this.#insert(this.#lineEnd(headEnd(statements)), `\n\n${line}`);
  }

  /** Adds a method as the last one of a service. `text` is all of it, with its comment, not indented. */
  addMethod(service: string, text: string): void {
    const { body } = this.#service(service);
    const inner = this.#text.slice(body.start, body.end);
    const before = inner.trimEnd();
    const gap = before === '' ? '\n' : '\n\n';
    this.#replace(body.start, body.end, `${before}${gap}${text.replace(/^(?=.)/gm, '  ')}\n`);
  }

  /** Adds a declaration at the end of the file. `text` is all of it, with its comment. */
  addType(text: string): void {
    this.#text = `${this.#text.trimEnd()}\n\n${text}\n`;
  }

  #named(keyword: string): readonly Statement[] {
    return this.#parse().statements.filter(({ tokens, body }) => tokens[0]?.text === keyword && body !== undefined);
  }

  #service(name: string): { readonly body: Body } {
    const body = this.#named('service').find((one) => nameOf(one) === name)?.body;
    if (body !== undefined) return { body };
    throw new Refusal(`${this.path} has no service ${name}. It has: ${this.services.join(', ') || 'none'}.`);
  }

  #parse(): Body {
    try {
      return parseProto(this.#text);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new Refusal(`${this.path} cannot be read: ${error.message}. See what is wrong with: npx buf lint`);
    }
  }

  /** Where the line ends that a declaration ends on: behind its comment, if nothing else follows. */
  #lineEnd(end: number): number {
    const rest = /^[ \t]*(\/\/[^\n]*)?(?=\n|$)/.exec(this.#text.slice(end));
    return end + (rest?.[0].length ?? 0);
  }

  #insert(at: number, text: string): void {
    this.#replace(at, at, text);
  }

  #replace(from: number, to: number, text: string): void {
    this.#text = this.#text.slice(0, from) + text + this.#text.slice(to);
  }
}

function nameOf({ tokens }: Statement): string {
  return tokens[1]?.text ?? '';
}

function importedBy({ tokens }: Statement): string {
  return tokens.find(({ kind }) => kind === 'string')?.text ?? '';
}

function rpcs(service: Statement): readonly Statement[] {
  return (service.body?.statements ?? []).filter(({ tokens }) => tokens[0]?.text === 'rpc');
}

function methodOf(service: string, rpc: Statement): ProtoMethod {
  const [input, output] = rpc.tokens.flatMap((token, index) => (isSign(token, '(') ? [typeAt(rpc, index + 1)] : []));
  const options = (rpc.body?.statements ?? []).filter(({ tokens }) => tokens[2]?.text === 'google.api.http');
  return {
    name: nameOf(rpc),
    service,
    input: input?.name ?? '',
    output: output?.name ?? '',
    isInputStream: input?.isStream ?? false,
    isOutputStream: output?.isStream ?? false,
    routes: options.flatMap(({ tokens }) => routesOf(tokens)),
  };
}

function typeAt({ tokens }: Statement, index: number) {
  const isStream = tokens[index]?.text === 'stream' && !isSign(tokens[index + 1], ')');
  return { isStream, name: tokens[isStream ? index + 1 : index]?.text ?? '' };
}

/** All of them, also those among the additional bindings. */
function routesOf(tokens: readonly Token[]): readonly ProtoRoute[] {
  return tokens.flatMap(({ kind, text }, index) => {
    const value = tokens[isSign(tokens[index + 1], ':') ? index + 2 : index + 1];
    return kind === 'word' && verbs.has(text) && value?.kind === 'string' ? [{ verb: text, path: value.text }] : [];
  });
}

function headEnd(statements: readonly Statement[]): number {
  const head = statements.findLast(({ tokens }) => ['syntax', 'edition', 'package'].includes(tokens[0]?.text ?? ''));
  return head?.end ?? 0;
}
