import {
  createFileRegistry,
  fromBinary,
  type DescMethod,
  type DescService,
  type FileRegistry,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { Tree } from '@nx/devkit';
import { namesOf } from '../../names.ts';
import { Refusal } from '../../refusal.ts';
import type { Workspace } from '../../workspace.ts';
import { routeOf, type Route } from './routes.ts';

/** A contract with at least one route. */
export interface RoutedContract {
  readonly service: DescService;
  /** Those that have a route. */
  readonly methods: readonly { readonly method: DescMethod; readonly route: Route }[];
}

/** Which contracts are asked for. */
interface Wanted {
  /** The app that implements them, in kebab-case. */
  readonly service: string;
  /** The name of one of them, with or without its package; all of them without it. */
  readonly contract: string | undefined;
}

/** What is known of the contracts of a workspace, as `google.protobuf.FileDescriptorSet` describes them. */
export function readRegistry(descriptors: Uint8Array): FileRegistry {
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptors));
}

/** The contracts that a client is for. Throws a Refusal when there are none with routes, or too many of a name. */
export function contractsFor(
  { service, contract }: Wanted,
  registry: FileRegistry,
  { tree, workspace }: { readonly tree: Tree; readonly workspace: Workspace },
): readonly RoutedContract[] {
  const all = servicesOf(registry, service, workspace);
  if (!tree.exists(`apps/${service}`) || all.length === 0) {
    const known = tree.children('apps').filter((app) => servicesOf(registry, app, workspace).length > 0);
    throw new Refusal(`There is no service ${service} with a contract. There are: ${known.join(', ')}.`);
  }
  const chosen = all.filter(({ name, typeName }) => contract === undefined || [name, typeName].includes(contract));
  if (chosen.length === 0) {
    throw new Refusal(`${service} has no contract ${String(contract)}. It has: ${namesIn(all)}.`);
  }
  const routed = chosen.map(routedContract).filter(({ methods }) => methods.length > 0);
  if (routed.length === 0) {
    throw new Refusal(
      `${namesIn(chosen)} cannot be called from outside: no method has a route. Give those that should ` +
        `be public an option (google.api.http).`,
    );
  }
  if (new Set(routed.map(({ service }) => service.file.proto.package)).size > 1) {
    throw new Refusal(
      `${service} has contracts in several packages, whose names may be the same. ` +
        `Choose one by --contract: ${namesIn(routed.map(({ service }) => service))}.`,
    );
  }
  return routed;
}

/** The full names of all options that are ours or other people's: nothing that a caller needs. */
export function customOptions(registry: FileRegistry): readonly string[] {
  return [...registry].flatMap((desc) =>
    desc.kind === 'extension' && /^google\.protobuf\.\w+Options$/.test(desc.extendee.typeName) ? [desc.typeName] : [],
  );
}

/** The contracts of an app are in the proto packages of its name: `ko.order.v1`. */
function servicesOf(registry: FileRegistry, app: string, { protoRoot }: Workspace): readonly DescService[] {
  const prefix = `${protoRoot}.${namesOf(app).snake}.`;
  return [...registry].filter((desc) => desc.kind === 'service').filter(({ typeName }) => typeName.startsWith(prefix));
}

function routedContract(service: DescService): RoutedContract {
  const methods = service.methods.flatMap((method) => {
    const route = routeOf(method);
    return route === undefined ? [] : [{ method, route }];
  });
  return { service, methods };
}

function namesIn(services: readonly DescService[]): string {
  return services.map(({ typeName }) => typeName).join(', ');
}
