import { logger, visitNotIgnoredFiles, type GeneratorCallback, type Tree } from '@nx/devkit';
import { formatted } from '../../format.ts';
import { namesOf, requireKebab } from '../../names.ts';
import { readWorkspace } from '../../workspace.ts';
import { LeftAlone, writeOnce } from '../../written.ts';
import { withContracts } from './buf.ts';
import { contractsFor, customOptions, readRegistry } from './contracts.ts';
import { clientFiles, ownFiles } from './files.ts';
import { manifestFor, manifestIn } from './manifest.ts';

export interface ClientOptions {
  readonly service: string;
  readonly contract?: string;
}

/**
 * Makes a package with a typed client of a service, for browsers and other code bases. One that was generated before gets
 * what follows the contract anew; what else is there stays as it is. Rejects with a Refusal, having written nothing.
 */
export default async function client(tree: Tree, options: ClientOptions): Promise<GeneratorCallback> {
  const { service } = options;
  requireKebab(service, 'service');
  const workspace = readWorkspace(tree);
  const folder = `clients/${service}`;
  const before = manifestIn(tree, folder);
  const contract = options.contract ?? before?.generated?.contract;

  const { contracts, messages } = withContracts(tree, (buf) => {
    const registry = readRegistry(buf.descriptors());
    const contracts = contractsFor({ service, contract }, registry, { tree, workspace });
    const types = contracts.flatMap(({ service, methods }) =>
      methods.map(({ method }) => `${service.typeName}.${method.name}`),
    );
    return { contracts, messages: buf.typescript({ types, except: customOptions(registry) }) };
  });

  const manifest = manifestFor(tree, before, {
    name: `@${workspace.name}/${service}-client`,
    description: `Typed client of the service ${service}`,
    contract,
  });
  const own = await ownFiles(contracts, {
    serviceName: service,
    service: namesOf(service).camel,
    packageName: manifest.name,
  });
  const leftAlone = new LeftAlone();
  replaceFolder(tree, `${folder}/src/gen`, new Map([...(await clientFiles(contracts, messages)), ...messages]));
  if (JSON.stringify(manifest) !== JSON.stringify(before)) {
    const path = `${folder}/package.json`;
    tree.write(path, await formatted(path, JSON.stringify(manifest)));
  }
  for (const [file, text] of own) writeOnce(tree, `${folder}/${file}`, text, leftAlone);

  return () => {
    leftAlone.tell();
    logger.info(`To build it: cd ${folder} && npm install && npm run build`);
  };
}

/** Leaves exactly these files in a folder, given by their paths below it. */
function replaceFolder(tree: Tree, folder: string, files: ReadonlyMap<string, string>): void {
  visitNotIgnoredFiles(tree, folder, (path) => {
    if (!files.has(path.slice(folder.length + 1))) tree.delete(path);
  });
  for (const [file, text] of files) tree.write(`${folder}/${file}`, text);
}
