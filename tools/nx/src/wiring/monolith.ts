import { editSource } from './edit-source.ts';
import type { Wiring } from './wiring.ts';

const file = 'tools/stack/src/monolith.ts';
const config = { call: 'z.object' };
const published = { variable: 'published' };
const resources = { call: 'runProcess', property: 'resources' };

/** The process that has all services in it. One that nobody reaches from outside is left out until somebody calls it. */
export const monolith: Wiring = {
  add(tree, { names, contract, database, isPublic }, { name: scope }) {
    if (!isPublic) return;
    const { camel, pascal, constant, kebab } = names;
    const build = `build${pascal}({ ...edge, ${database ? `prisma: ${camel}Database.client, ` : ''}keys: user.keys })`;
    const app = `const ${camel} = ${build};`;
    const open = `const ${camel}Database = open${pascal}Database(config.${constant}_DATABASE_URL.reveal(), connections);`;
    editSource(tree, file, (source) => {
      if (source.declares(camel)) return;
      source.import([contract], `@${scope}/contracts/${kebab}`);
      source.import([`build${pascal}`, ...(database ? [`open${pascal}Database`] : [])], `@${scope}/${kebab}`);
      source.declareBefore('published', database ? `${open}\n${app}` : app);
      source.add(published, `publishLocal(${contract}, ${camel})`, `publishLocal(${contract})`);
      if (!database) return;
      source.add(config, `${constant}_DATABASE_URL: databaseUrl`, `${constant}_DATABASE_URL`);
      source.add(resources, `${camel}Database`);
    });
  },
  remove(tree, { names, contract }, { name: scope }) {
    const { camel, constant, kebab } = names;
    editSource(tree, file, (source) => {
      source.remove(resources, `${camel}Database`);
      source.remove(config, `${constant}_DATABASE_URL`);
      source.remove(published, `publishLocal(${contract})`);
      source.undeclare(camel);
      source.undeclare(`${camel}Database`);
      source.unimport(`@${scope}/${kebab}`);
      source.unimport(`@${scope}/contracts/${kebab}`);
    });
  },
};
