import type { Tree } from '@nx/devkit';
import { pluralize } from 'inflection';
import type { Proto, ProtoRoute } from '../../edit/proto.ts';
import { namesOf, requirePascal, type Names } from '../../names.ts';
import { Refusal } from '../../refusal.ts';
import { accessOf, type Access } from './access.ts';
import { contractsOf, requireService } from './contracts.ts';
import { requireFreeRoute, routeOf } from './route.ts';
import type { Stream } from './stream.ts';

export interface EndpointOptions {
  readonly service: string;
  readonly method: string;
  readonly stream?: Stream;
  /** False for no route; the usual one unless said. */
  readonly http?: string | boolean;
  readonly access?: string;
  readonly idempotent?: boolean;
  readonly read?: boolean;
  readonly contract?: string;
}

/** A method as it is to be made. */
export interface EndpointPlan {
  /** The folder of the app: `apps/order`. */
  readonly app: string;
  readonly proto: Proto;
  /** The service of the contract that gets the method: `OrderService`. */
  readonly contract: string;
  readonly method: Names;
  /** What the class of the domain calls it: `repeat`. */
  readonly action: Names;
  readonly resource: Names;
  /** First part of the names of resources: `orders`. */
  readonly collection: string;
  readonly stream: Stream;
  readonly route: ProtoRoute | undefined;
  readonly access: Access;
  readonly level: 'IDEMPOTENT' | 'NO_SIDE_EFFECTS' | undefined;
  /** Whether the contract has the method already. */
  readonly isDeclared: boolean;
}

/** What to make of the options. Throws a Refusal. */
export function planOf(tree: Tree, options: EndpointOptions): EndpointPlan {
  const app = requireService(tree, options.service);
  requirePascal(options.method, 'method');
  const contracts = contractsOf(tree, options.service);
  const { proto, name: contract } = contractIn(contracts, options);
  const method = namesOf(options.method);
  const resource = namesOf(contract.replace(/Service$/, ''));
  const [pattern = ''] = proto.textsOfField(`Get${resource.pascal}Request`, 'name');
  const collection = /^\^([A-Za-z]\w*)\//.exec(pattern)?.[1] ?? pluralize(resource.camel);
  const plural = namesOf(collection);
  if (isStandard(method, resource, plural)) {
    throw new Refusal(
      `${method.pascal} is one of the standard methods, which have a shape of their own: ` +
        `make it by hand, like those that nx generate service gives a new service.`,
    );
  }
  const declared = proto.methods(contract).find(({ name }) => name === method.pascal);
  const stream = declared === undefined ? (options.stream ?? 'none') : streamOf(declared);
  const action = actionOf(method, [plural, resource]);
  if (action.camel === 'constructor') throw new Refusal(`${method.pascal} would be a constructor: name it otherwise.`);
  const access = accessOf(options.access ?? 'signed_in');
  const isPublic = proto.methods(contract).some(({ routes }) => routes.length > 0);
  const route = routeOf({ ...options, stream, isPublic, collection, action });
  if (declared === undefined) {
    requireFreeTypes(contracts.protos, [
      `${method.pascal}Request`,
      ...(stream === 'client' ? [`${method.pascal}Response`] : []),
    ]);
    if (route !== undefined) requireFreeRoute(tree, route);
  }
  return {
    ...{ app, proto, contract, method, action, resource, collection, stream, route, access },
    level: levelOf(options, route),
    isDeclared: declared !== undefined,
  };
}

function contractIn({ protos, folder }: ReturnType<typeof contractsOf>, { service, contract }: EndpointOptions) {
  const all = protos.flatMap((proto) => proto.services.map((name) => ({ proto, name })));
  const main = all.filter(({ proto }) => proto.path === `${folder}/${namesOf(service).snake}.proto`);
  const found = contract === undefined ? (main[0] ?? all[0]) : all.find(({ name }) => name === contract);
  if (found !== undefined) return found;
  const names = all.map(({ name }) => name).join(', ') || 'none';
  throw new Refusal(`${folder} has no service ${contract ?? 'at all'} in its contracts. There is: ${names}.`);
}

function isStandard(method: Names, resource: Names, plural: Names): boolean {
  const standard = [
    ...['Create', 'Get', 'Update', 'Delete'].map((verb) => verb + resource.pascal),
    `List${plural.pascal}`,
  ];
  return standard.includes(method.pascal);
}

/** Without what it is done to, which the class says already: `settle` for SettlePayment. */
function actionOf(method: Names, objects: readonly Names[]): Names {
  const object = objects.find(({ kebab }) => method.kebab.endsWith(`-${kebab}`));
  return object === undefined ? method : namesOf(method.kebab.slice(0, -object.kebab.length - 1));
}

function streamOf(declared: { readonly isInputStream: boolean; readonly isOutputStream: boolean }): Stream {
  if (declared.isInputStream) return declared.isOutputStream ? 'bidi' : 'client';
  return declared.isOutputStream ? 'server' : 'none';
}

function requireFreeTypes(protos: readonly Proto[], names: readonly string[]): void {
  const holder = protos.find((proto) => names.some((name) => proto.types.includes(name)));
  if (holder === undefined) return;
  const name = names.find((one) => holder.types.includes(one)) ?? '';
  throw new Refusal(`${holder.path} has the message ${name} already: give the method another name.`);
}

function levelOf({ read = false, idempotent = false }: EndpointOptions, route: ProtoRoute | undefined) {
  if (read && idempotent) throw new Refusal('--read says more than --idempotent: give one of them.');
  if (read || route?.verb === 'get') return 'NO_SIDE_EFFECTS';
  return idempotent ? 'IDEMPOTENT' : undefined;
}
