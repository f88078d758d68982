import { isMap, type Document } from 'yaml';
import { addToList, addToMap, removeFromList, removeFromMap } from '../edit/yaml.ts';
import type { WiredService, Wiring } from './wiring.ts';

const file = 'docker-compose.yml';
const services = ['services'];
const gateway = ['services', 'gateway', 'environment'];
const secrets = (property: 'command' | 'volumes') => ['services', 'secrets', property];

/** `docker compose up`: a service, the job for its database, and the secrets that they share. */
export const compose: Wiring = {
  add(tree, service, { name: scope }) {
    if (!tree.exists(file)) return;
    const { names, database, isPublic } = service;
    const { kebab, constant } = names;
    const image = `${scope}-${kebab}`;
    addToMap(tree, file, services, (document) => ({
      key: kebab,
      value: processOf(document, image, service),
      before: 'secrets',
    }));
    if (isPublic) {
      addToMap(tree, file, gateway, () => ({ key: `${constant}_URL`, value: `consul://consul:8500/${kebab}` }));
    }
    if (!database) return;
    addToMap(tree, file, services, (document) => ({
      key: `${kebab}-database`,
      value: jobOf(document, image, kebab),
      before: 'secrets',
    }));
    addToList(tree, file, secrets('command'), kebab);
    addToList(tree, file, secrets('volumes'), `${kebab}-secrets:/secrets/${kebab}`);
    addToMap(tree, file, ['volumes'], (document) => ({
      key: `${kebab}-secrets`,
      value: document.createNode({}, { flow: true }),
    }));
  },
  remove(tree, { names: { kebab, constant } }) {
    if (!tree.exists(file)) return;
    removeFromMap(tree, file, services, kebab);
    removeFromMap(tree, file, services, `${kebab}-database`);
    removeFromMap(tree, file, gateway, `${constant}_URL`);
    removeFromList(tree, file, secrets('command'), kebab);
    removeFromList(tree, file, secrets('volumes'), `${kebab}-secrets:/secrets/${kebab}`);
    removeFromMap(tree, file, ['volumes'], `${kebab}-secrets`);
  },
};

function processOf(document: Document, image: string, { names: { kebab }, port, database }: WiredService) {
  const completed = flow(document, { condition: 'service_completed_successfully' });
  return merged(document, 'x-process', {
    image,
    build: flow(document, { args: { APP: kebab } }),
    environment: merged(document, 'x-environment', {
      GRPC_ADDRESS: `0.0.0.0:${port}`,
      ...(database && { DATABASE_URL_FILE: '/run/secrets/database_url' }),
    }),
    depends_on: merged(document, 'x-needs', database ? { [`${kebab}-database`]: completed } : {}),
    ...(database && { volumes: flow(document, [`${kebab}-secrets:/run/secrets:ro`]) }),
    stop_grace_period: '30s',
  });
}

function jobOf(document: Document, image: string, name: string) {
  const volumes = [`${name}-secrets:/run/secrets:ro`, 'postgres-secrets:/run/postgres:ro'];
  return merged(document, 'x-database', { image, volumes: flow(document, volumes) });
}

/** A map that begins with what stands under another key, as `<<: *anchor` does. */
function merged(document: Document, shared: string, own: Readonly<Record<string, unknown>>) {
  const map = document.createNode(own);
  const anchored = document.get(shared, true);
  if (isMap(anchored)) map.items.unshift(document.createPair('<<', document.createAlias(anchored)));
  return map;
}

function flow(document: Document, value: object) {
  return document.createNode(value, { flow: true });
}
