import { readFileSync } from 'node:fs';
import path from 'node:path';
import ejs from 'ejs';
import { formatted } from '../../format.ts';
import type { RoutedContract } from './contracts.ts';

/** What is known of the package, beside its contracts. */
export interface ClientPackage {
  /** In kebab-case. */
  readonly serviceName: string;
  /** As a variable. */
  readonly service: string;
  readonly packageName: string;
}

const templates = path.join(import.meta.dirname, 'files');

/** The client that follows the contract, by paths below `src/gen`. `messages` are the files of its messages, by such paths. */
export async function clientFiles(
  contracts: readonly RoutedContract[],
  messages: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const modules = exportable(contracts, messages).map((file) => file.replace(/\.ts$/, ''));
  const files = ['call.ts', 'client.ts', 'error.ts', 'http.ts', 'index.ts', 'route.ts'];
  return renderedAll('gen', files, { contracts: contracts.map(contractModel), modules });
}

/** What belongs to the users of the package, by paths below it. */
export async function ownFiles(
  contracts: readonly RoutedContract[],
  about: ClientPackage,
): Promise<ReadonlyMap<string, string>> {
  const names = contracts.map(({ service }) => service.name);
  const model = { ...about, contracts: new Intl.ListFormat('en').format(names), ...samples(contracts, about) };
  return renderedAll('package', ['.gitignore', 'README.md', 'src/index.ts', 'tsconfig.json'], model);
}

function contractModel({ service, methods }: RoutedContract) {
  return {
    name: service.name,
    file: service.file.name,
    methods: methods.map(({ method, route }) => ({ localName: method.localName, route })),
  };
}

/** For the README: a method that takes little to call, of the contract that has the service's name, and one that streams. */
function samples(contracts: readonly RoutedContract[], { service }: ClientPackage) {
  const isNamesake = (name: string) => name.toLowerCase().startsWith(service.toLowerCase());
  const all = contracts
    .toSorted((one, other) => Number(isNamesake(other.service.name)) - Number(isNamesake(one.service.name)))
    .flatMap(({ service, methods }) =>
      methods.map(({ method, route }) => ({ contract: service.name, method: method.localName, route, of: method })),
    );
  const unary = all.filter(({ of }) => of.methodKind === 'unary');
  const simple = unary.find(({ route }) => route.verb === 'GET' && !route.path.includes('{'));
  const stream = all.find(({ of }) => of.methodKind === 'server_streaming');
  return { sample: simple ?? unary[0], stream };
}

/** The files to export all of: those of the contracts, and those that they use, but for the ones that share a name with others. */
function exportable(contracts: readonly RoutedContract[], messages: ReadonlyMap<string, string>): readonly string[] {
  const first = new Set(contracts.map(({ service }) => `${service.file.name}_pb.ts`));
  const ordered = [...messages].toSorted(([one], [other]) => Number(first.has(other)) - Number(first.has(one)));
  const taken = new Set<string>();
  return ordered.flatMap(([file, text]) => {
    const names = [...text.matchAll(/^export (?:const|type|enum) (\w+)/gm)].map(([, name = '']) => name);
    if (!first.has(file) && names.some((name) => taken.has(name))) return [];
    for (const name of names) taken.add(name);
    return [file];
  });
}

async function renderedAll(
  folder: string,
  files: readonly string[],
  model: object,
): Promise<ReadonlyMap<string, string>> {
  const entries = files.map(async (file) => {
    const template = readFileSync(path.join(templates, folder, `${file}.template`), 'utf8');
    return [file, await formatted(file, ejs.render(template, model, { escape: String }))] as const;
  });
  return new Map(await Promise.all(entries));
}
