import { findProgram } from '@ko/discovery/testing';
import { parseConfig, urlVariable } from '@ko/service';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Job } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { assert, describe, expect, test } from 'vitest';
import { environmentOf } from './kubernetes/environment.ts';
import { outside, podOf, reaches, type Peer } from './kubernetes/network.ts';
import { readProcesses } from './kubernetes/processes.ts';
import { rendered, type Manifest } from './kubernetes/render.ts';
import { faultsOf } from './kubernetes/schemas.ts';

const program = findProgram('kustomize');
const processes = await readProcesses();

/** Every variable that some process reads or could, and the one that others are made of. */
const variables = new Set([
  'NAMESPACE',
  ...processes.flatMap(({ name, config }) => [urlVariable(name), ...Object.keys(config.shape)]),
]);

const prometheus = { labels: {}, ports: {}, namespace: 'monitoring' };
const nameServer = { labels: { 'k8s-app': 'kube-dns' }, ports: { dns: 53 }, namespace: 'kube-system' };

if (program === undefined) {
  test('deploy/kubernetes', ({ skip }) => skip('needs kustomize: in PATH, or named by KUSTOMIZE_BIN'));
} else {
  test.each(['base', 'overlays/example'])('deploy/kubernetes/%s has nothing in it that a schema refuses', (folder) => {
    const manifests = rendered(program, folder);

    const faulty = manifests.filter((one) => faultsOf(one).length > 0);

    expect(faulty.map((one) => [one.kind, one.metadata?.name, faultsOf(one)])).toEqual([]);
    expect(manifests.length).toBeGreaterThan(20);
  });

  describe('the system in Kubernetes', () => {
    const manifests = rendered(program, 'overlays/example');
    // As the base has them: overlays narrow them.
    const policies = rendered(program, 'base').filter(NetworkPolicy.is);
    const all = <Kind extends Manifest>(isKind: (one: unknown) => one is Kind) => manifests.filter(isKind);
    const named = <Kind extends Manifest>(isKind: (one: unknown) => one is Kind, name: string): Kind => {
      const found = all(isKind).find(({ metadata }) => metadata?.name === name);
      assert(found !== undefined, `there is nothing called ${name}`);
      return found;
    };
    const templateOf = (name: string) => named(Deployment.is, name).spec?.template;
    const podIn = (name: string) => podOf(templateOf(name));
    const environmentIn = (name: string) => environmentOf(templateOf(name)?.spec, manifests, 'shop');

    test.each(processes)('has a Deployment of $name, with its budget, its autoscaler and its Service', ({ name }) => {
      const { labels, ports } = podIn(name);
      const { selector, ports: offered = [] } = named(Service.is, name).spec ?? {};

      expect(labels).toMatchObject({ 'app.kubernetes.io/name': name });
      expect(selector).toEqual({ 'app.kubernetes.io/name': name });
      expect(offered.map(({ targetPort }) => targetPort)).toEqual(['http' in ports ? 'http' : 'grpc']);
      expect(named(PodDisruptionBudget.is, name).spec?.selector).toEqual({ matchLabels: selector });
      expect(named(HorizontalPodAutoscaler.is, name).spec.scaleTargetRef).toMatchObject({ kind: 'Deployment', name });
    });

    test.each(processes)('gives $name an environment that it starts with', ({ name, config }) => {
      const environment = environmentIn(name);

      // Production would refuse the samples of the overlay.
      expect(() => parseConfig(config, { ...environment, NODE_ENV: 'test' })).not.toThrow();
      expect(Object.keys(environment).filter((variable) => !variables.has(variable))).toEqual([]);
    });

    test.each(processes)('stops $name within the time that the cluster gives', ({ name, config }) => {
      // Refuses a budget that its parts do not fit into, or that does not fit into the grace period.
      const { GRACE_PERIOD } = parseConfig(config, { ...environmentIn(name), NODE_ENV: 'test' });

      expect(templateOf(name)?.spec?.terminationGracePeriodSeconds).toBe(Number(GRACE_PERIOD) / 1_000);
    });

    test.each(processes)('leads $name to the pods that it calls', ({ name, calls }) => {
      for (const callee of calls) {
        const port = podIn(callee).ports.grpc;

        expect(environmentIn(name)[urlVariable(callee)]).toBe(`dns:${callee}.shop.svc.cluster.local:${port}`);
        expect(named(Service.is, callee).spec).toMatchObject({ clusterIP: 'None', ports: [{ port }] });
      }
    });

    test.each(processes)('lets $name call those and nobody else', ({ name, calls, hasDatabase }) => {
      const reachable = processes.filter((other) => isOpen(podIn(name), podIn(other.name), 'grpc'));

      expect(reachable.map((other) => other.name)).toEqual(calls);
      expect(isOpen(podIn(name), nameServer, 'dns')).toBe(true);
      expect(isOpen(podIn(name), outside, 5432)).toBe(hasDatabase);
      expect(isOpen(podIn(name), outside, 443)).toBe(false);
    });

    test.each(processes)('lets only monitoring, or else the public, to $name', ({ name }) => {
      const pod = podIn(name);

      expect(isOpen(prometheus, pod, 'admin')).toBe(true);
      expect(isOpen(outside, pod, 'admin')).toBe(false);
      expect(isOpen(podIn('gateway'), pod, 'admin')).toBe(false);
      expect(['http', 'grpc'].filter((port) => port in pod.ports && isOpen(outside, pod, port))).toEqual(
        name === 'gateway' ? ['http'] : [],
      );
    });

    test('has a migration of each database, that reaches nothing else', () => {
      const jobs = all(Job.is);

      expect(jobs.map(({ metadata }) => metadata?.name)).toEqual(
        processes.flatMap(({ name, hasDatabase }) => (hasDatabase ? [`${name}-migration`] : [])),
      );
      for (const { spec } of jobs) {
        const pod = podOf(spec?.template);
        const environment = environmentOf(spec?.template.spec, manifests, 'shop');
        expect(environment.DATABASE_URL).toMatch(/^postgresql:/);
        expect(isOpen(pod, outside, 5432)).toBe(true);
        expect(processes.filter(({ name }) => isOpen(pod, podIn(name), 'grpc'))).toEqual([]);
        expect(processes.map(({ name }) => name)).not.toContain(pod.labels['app.kubernetes.io/name']);
      }
    });

    test('has labels that tell processes and migrations from all that has to be there before them', () => {
      const labelled = manifests.flatMap(({ kind, metadata }) => {
        const component = metadata?.labels?.['app.kubernetes.io/component'];
        return component === undefined ? [] : [`${kind} ${component}`];
      });

      expect(new Set(labelled)).toEqual(new Set(['Deployment gateway', 'Deployment service', 'Job migration']));
      expect(labelled.length).toBe(all(Deployment.is).length + all(Job.is).length);
    });

    test('has no pod with more rights than it needs', () => {
      for (const { spec } of [...all(Deployment.is), ...all(Job.is)]) {
        expect(spec?.template.spec).toMatchObject({
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
        });
        for (const container of spec?.template.spec?.containers ?? []) {
          expect(container).toMatchObject({
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
          });
          expect(Object.keys(container.resources?.requests ?? {})).toEqual(['cpu', 'memory']);
        }
      }
    });

    function isOpen(from: Peer, to: Peer, port: string | number): boolean {
      const number = typeof port === 'number' || to === outside ? port : to.ports[port];
      return typeof number === 'number' && reaches(policies, from, to, number);
    }
  });
}
