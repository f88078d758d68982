import { expect, test } from 'vitest';
import { faultsOf } from './schemas.ts';

const container = { name: 'app', image: 'user', ports: [{ containerPort: 50051 }] };

test.each([
  [
    'a field with a typing error',
    { ...container, readynessProbe: {} },
    'has no /spec/template/spec/containers/0/ready',
  ],
  ['a field that an element has not', { ...container, ports: [{ containerPort: 1, prot: 'x' }] }, '/ports/0/prot'],
  ['a value of another type', { ...container, image: 1 }, 'image must be string'],
  ['a value that is none of those to choose from', { ...container, imagePullPolicy: 'Often' }, 'one of the allowed'],
  ['that a field is missing', { image: 'user' }, 'must have required property name'],
])('%s is found', (_, wrong, fault) => {
  expect(faultsOf(deploymentOf(container))).toEqual([]);
  expect(faultsOf(deploymentOf(wrong)).join()).toContain(fault);
});

test('a field that the object itself has not is found', () => {
  const deployment = { ...deploymentOf(container), sepc: {} };

  expect(faultsOf(deployment)).toEqual(['the schema has no /sepc']);
});

test('a kind that there is not is found', () => {
  const deployment = deploymentOf(container);

  expect(faultsOf({ ...deployment, kind: 'Deploiment' })).toEqual(['there is no Deploiment in apps/v1']);
  expect(faultsOf({ ...deployment, apiVersion: 'apps/v0' })).toEqual(['there is no Deployment in apps/v0']);
});

function deploymentOf(one: object) {
  const spec = { selector: {}, template: { spec: { containers: [one] } } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'user' }, spec };
}
