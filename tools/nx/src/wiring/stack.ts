import { updateJson, type Tree } from '@nx/devkit';
import { editSource } from './edit-source.ts';
import type { Wiring } from './wiring.ts';

const file = 'tools/stack/src/services.ts';
const list = { variable: 'services' };

/** `npm start`: the list of services, and the apps that the monolith imports. */
export const stack: Wiring = {
  add(tree, { names, port, database, isPublic }, { name: scope }) {
    const entry = `{ name: '${names.kebab}', port: ${port}, calls: ['user'], database: ${database} }`;
    editSource(tree, file, (source) => source.add(list, entry, names.kebab));
    if (isPublic) editDependencies(tree, (all) => ({ ...all, [`@${scope}/${names.kebab}`]: '*' }));
  },
  remove(tree, { names }, { name: scope }) {
    editSource(tree, file, (source) => source.remove(list, names.kebab));
    const own = `@${scope}/${names.kebab}`;
    editDependencies(tree, (all) => Object.fromEntries(Object.entries(all).filter(([name]) => name !== own)));
  },
};

type Dependencies = Readonly<Record<string, string>>;

function editDependencies(tree: Tree, edit: (present: Dependencies) => Dependencies): void {
  updateJson(tree, 'tools/stack/package.json', (manifest: { dependencies: Dependencies }) => ({
    ...manifest,
    dependencies: Object.fromEntries(
      Object.entries(edit(manifest.dependencies)).toSorted(([one], [other]) => (one < other ? -1 : 1)),
    ),
  }));
}
