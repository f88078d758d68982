import * as monitoring from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import * as core from 'kubernetes-models/v1';
import * as apps from 'kubernetes-models/apps/v1';
import * as autoscaling from 'kubernetes-models/autoscaling/v2';
import * as batch from 'kubernetes-models/batch/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import type { Manifest } from './render.ts';

/** The kinds of objects that are published, by the versions of their APIs. */
const published: ReadonlyMap<string, object> = new Map<string, object>([
  ['v1', core],
  ['apps/v1', apps],
  ['autoscaling/v2', autoscaling],
  ['batch/v1', batch],
  ['monitoring.coreos.com/v1', monitoring],
  ['networking.k8s.io/v1', networking],
  ['policy/v1', policy],
]);

/** All that the published schema of its kind finds wrong with an object, fields that it does not know included. */
export function faultsOf(manifest: Manifest): readonly string[] {
  const kinds = new Map<string, unknown>(Object.entries(published.get(manifest.apiVersion) ?? {}));
  const model = kinds.get(manifest.kind);
  if (!isModel(model)) return [`there is no ${manifest.kind} in ${manifest.apiVersion}`];
  const looked = new Set<string>();
  try {
    model.prototype.validate.call(watched(manifest, '', looked));
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  return unknownFields(manifest, '', looked).map((field) => `the schema has no ${field}`);
}

interface Model {
  readonly prototype: { validate(this: unknown): void };
}

function isModel(model: unknown): model is Model {
  return typeof model === 'function' && 'prototype' in model && 'validate' in (model.prototype as object);
}

/** The same value; it notes the paths of the fields that are looked at. The schemas themselves let unknown fields pass. */
function watched(value: unknown, path: string, looked: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get(target, key) {
      const field = `${path}/${String(key)}`;
      looked.add(field);
      return watched(Reflect.get(target, key), field, looked);
    },
  });
}

/** Those that a schema never looks at are those that it does not know. */
function unknownFields(value: unknown, path: string, looked: ReadonlySet<string>): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = `${path}/${key}`;
    return looked.has(field) ? unknownFields(inner, field, looked) : [field];
  });
}
