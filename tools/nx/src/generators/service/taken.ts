import type { Tree } from '@nx/devkit';
import { Refusal } from '../../refusal.ts';
import { protoFolder, type Workspace } from '../../workspace.ts';
import { sourceIn } from '../../wiring/edit-source.ts';
import type { ServicePlan } from './model.ts';

const firstPort = 50051;
const lastPort = 50149;

/** Throws a Refusal when something else has the name of the service, or what follows from it. */
export function requireFree(tree: Tree, { names, resource, isPublic }: ServicePlan, { protoRoot }: Workspace): void {
  const { kebab, snake, camel } = names;
  const monolith = sourceIn(tree, 'tools/stack/src/monolith.ts');
  const holder = [
    ...['libs', 'tools'].map((folder) => `${folder}/${kebab}`),
    `libs/contracts/src/${kebab}.ts`,
    `${protoFolder}/${protoRoot}/${snake}`,
    `${protoFolder}/${snake}`,
  ].find((path) => tree.exists(path));
  const isReserved = reserved.has(kebab) || monolith.declares(camel) || monolith.declares(`${camel}Database`);
  if (holder !== undefined || isReserved) {
    throw new Refusal(
      `'${kebab}' cannot be the name of a service: ${holder ?? 'the system itself'} has it. Take another.`,
    );
  }
  const route = `/v1/${resource.plural.camel}`;
  const other = isPublic ? contractWith(tree, route) : undefined;
  if (other !== undefined) {
    throw new Refusal(`${other} has the route ${route} already: give the resource another name, by --resource.`);
  }
}

/** The lowest port that no service has. */
export function freePort(tree: Tree): number {
  const taken = portsOf(tree);
  for (let port = firstPort; port <= lastPort; port++) if (!taken.has(port)) return port;
  throw new Refusal(`Every port from ${firstPort} to ${lastPort} has a service: there is no room for another.`);
}

/** Throws a Refusal unless a service can have the port. */
export function requireFreePort(tree: Tree, port: number): void {
  if (!Number.isInteger(port) || port < firstPort || port > lastPort) {
    throw new Refusal(
      `--port takes a number from ${firstPort} to ${lastPort}, not ${port}: admin ports follow from it.`,
    );
  }
  const holder = portsOf(tree).get(port);
  if (holder !== undefined)
    throw new Refusal(`Port ${port} belongs to the service ${holder}. The next free one is ${freePort(tree)}.`);
}

/** The port of the service, as the system knows it. */
export function portOf(tree: Tree, service: string): number | undefined {
  return [...portsOf(tree)].find(([, name]) => name === service)?.[0];
}

function portsOf(tree: Tree): ReadonlyMap<number, string> {
  const elements = sourceIn(tree, 'tools/stack/src/services.ts').texts({ variable: 'services' });
  return new Map(
    elements.flatMap((text) => {
      const [, name] = /name: '([^']+)'/.exec(text) ?? [];
      const [, port] = /port: (\d+)/.exec(text) ?? [];
      return name === undefined || port === undefined ? [] : [[Number(port), name] as const];
    }),
  );
}

function contractWith(tree: Tree, route: string): string | undefined {
  const files = (folder: string): string[] =>
    tree.children(folder).flatMap((name) => {
      const path = `${folder}/${name}`;
      return tree.isFile(path) ? [path] : files(path);
    });
  return files(protoFolder).find((path) => path.endsWith('.proto') && tree.read(path, 'utf8')?.includes(`"${route}"`));
}

/** What processes, tools and databases are called that are no services. */
const reserved: ReadonlySet<string> = new Set(
  'gateway monolith e2e postgres template0 template1 consul etcd prometheus grafana redis admin health google'.split(
    ' ',
  ),
);
