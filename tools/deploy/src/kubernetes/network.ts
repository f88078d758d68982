import type { INetworkPolicy, INetworkPolicyPeer, INetworkPolicyPort } from 'kubernetes-models/networking.k8s.io/v1';
import type { IPodTemplateSpec } from 'kubernetes-models/v1';

/** A pod as network policies see it. */
export interface Pod {
  readonly labels: Labels;
  /** Its ports by their names. */
  readonly ports: Readonly<Record<string, number>>;
  /** Where it is, unless it is in the namespace of the policies. */
  readonly namespace?: string;
}

/** What is in no pod. */
export const outside = Symbol('outside');

/** The end of a connection. */
export type Peer = Pod | typeof outside;
type Labels = Readonly<Record<string, string>>;

/** A pod that is made of a template. */
export function podOf(template: IPodTemplateSpec | undefined): Pod {
  const ports = (template?.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  const named = ports.map(({ name = '', containerPort }) => [name, containerPort]);
  return { labels: template?.metadata?.labels ?? {}, ports: Object.fromEntries(named) as Pod['ports'] };
}

interface Rule {
  readonly peers: readonly INetworkPolicyPeer[] | undefined;
  readonly ports: readonly INetworkPolicyPort[] | undefined;
}

/** Whether the policies let one open a connection to a port of the other. */
export function reaches(policies: readonly INetworkPolicy[], from: Peer, to: Peer, port: number): boolean {
  const lets = ({ peers, ports }: Rule, peer: Peer) =>
    (peers?.some((one) => isPeer(one, peer)) ?? true) && (ports?.some((one) => portOf(one, to) === port) ?? true);
  const isSent = rulesFor(policies, from, 'Egress')?.some((rule) => lets(rule, to)) ?? true;
  const isTaken = rulesFor(policies, to, 'Ingress')?.some((rule) => lets(rule, from)) ?? true;
  return isSent && isTaken;
}

/** What the pod may do; undefined where no policy is about it, and it may do anything. */
function rulesFor(
  policies: readonly INetworkPolicy[],
  pod: Peer,
  type: 'Egress' | 'Ingress',
): readonly Rule[] | undefined {
  if (pod === outside || pod.namespace !== undefined) return undefined;
  const about = policies.flatMap(({ spec }) =>
    spec?.policyTypes?.includes(type) === true && isSelected(spec.podSelector, pod.labels) ? [spec] : [],
  );
  if (about.length === 0) return undefined;
  return about.flatMap(({ egress = [], ingress = [] }) =>
    type === 'Egress'
      ? egress.map(({ to, ports }) => ({ peers: to, ports }))
      : ingress.map(({ from, ports }) => ({ peers: from, ports })),
  );
}

function isPeer({ ipBlock, namespaceSelector, podSelector }: INetworkPolicyPeer, peer: Peer): boolean {
  if (peer === outside) return ipBlock !== undefined;
  const { namespace, labels } = peer;
  const isThere =
    namespace === undefined
      ? namespaceSelector === undefined
      : namespaceSelector !== undefined && isSelected(namespaceSelector, { 'kubernetes.io/metadata.name': namespace });
  return ipBlock === undefined && isThere && isSelected(podSelector, labels);
}

function isSelected(selector: INetworkPolicyPeer['podSelector'], labels: Labels): boolean {
  if (selector?.matchExpressions !== undefined) throw new Error('only labels are understood here, no expressions');
  return Object.entries(selector?.matchLabels ?? {}).every(([name, value]) => labels[name] === value);
}

function portOf({ port }: INetworkPolicyPort, peer: Peer): number | undefined {
  return typeof port === 'string' ? (peer === outside ? undefined : peer.ports[port]) : port;
}
