import { editSource } from './edit-source.ts';
import type { Wiring } from './wiring.ts';

const file = 'apps/gateway/src/upstreams.ts';
const list = { variable: 'upstreams' };

/** The services behind the gateway. */
export const gateway: Wiring = {
  add(tree, { names, contract, port, isPublic }, { name: scope }) {
    if (!isPublic) return;
    const key = names.kebab === names.camel ? names.kebab : `'${names.kebab}'`;
    editSource(tree, file, (source) => {
      source.import([contract], `@${scope}/contracts/${names.kebab}`);
      source.add(list, `${key}: { url: 'static:127.0.0.1:${port}', contracts: [${contract}] }`, names.kebab);
    });
  },
  remove(tree, { names }, { name: scope }) {
    editSource(tree, file, (source) => {
      source.remove(list, names.kebab);
      source.unimport(`@${scope}/contracts/${names.kebab}`);
    });
  },
};
