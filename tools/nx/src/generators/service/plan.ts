import { readJson, type Tree } from '@nx/devkit';
import { namesOf, requireKebab } from '../../names.ts';
import { Refusal } from '../../refusal.ts';
import { readWorkspace } from '../../workspace.ts';
import type { ServicePlan } from './model.ts';
import { parseResource, standardResource } from './resource.ts';
import { freePort, requireFree, requireFreePort } from './taken.ts';

export interface ServiceOptions {
  readonly name: string;
  readonly resource?: string;
  readonly port?: number;
  readonly database?: boolean;
  readonly public?: boolean;
}

/** How a service was generated, as its package.json keeps it. */
export interface ServiceRecord {
  readonly resource: string;
  readonly port: number;
  readonly database: boolean;
  readonly public: boolean;
}

/** What to make of the options: as the last time, where the service was generated before. Throws a Refusal. */
export function planOf(tree: Tree, options: ServiceOptions): ServicePlan {
  requireKebab(options.name, 'service');
  const names = namesOf(options.name);
  const before = recordOf(tree, names.kebab);
  const { port, database = before?.database ?? true, public: isPublic = before?.public ?? true } = options;
  const record: ServiceRecord = {
    resource: options.resource?.trim() ?? before?.resource ?? standardResource(names),
    port: port ?? before?.port ?? freePort(tree),
    database,
    public: isPublic,
  };
  if (before !== undefined) requireSame(names.kebab, before, record);
  const resource = parseResource(record.resource);
  const plan = { names, resource, port: record.port, database, isPublic, record };
  if (before === undefined) {
    requireFree(tree, plan, readWorkspace(tree));
    requireFreePort(tree, record.port);
  }
  return plan;
}

/** How the service was generated; undefined when there is none. Throws a Refusal for an app that was not. */
export function recordOf(tree: Tree, name: string): ServiceRecord | undefined {
  const manifest = `apps/${name}/package.json`;
  if (!tree.exists(manifest)) return undefined;
  const { generated } = readJson<{ generated?: ServiceRecord }>(tree, manifest);
  if (generated !== undefined) return generated;
  throw new Refusal(`apps/${name} is there and was not generated: generators leave it as it is.`);
}

function requireSame(name: string, before: ServiceRecord, wanted: ServiceRecord): void {
  const differing = Object.entries(before).filter(([key, value]) =>
    Object.entries(wanted).some(([k, v]) => k === key && v !== value),
  );
  if (differing.length === 0) return;
  const told = differing.map(([key, value]) => `${key} ${JSON.stringify(value)}`).join(', ');
  throw new Refusal(
    `${name} was generated with other options (${told}), and is yours to change since. ` +
      `To begin anew: nx generate remove-service ${name}`,
  );
}
