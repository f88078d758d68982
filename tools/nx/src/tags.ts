/**
 * The layer of each library, lowest first: `core` imports nothing of ours, `part` imports the core, `process` composes
 * all of them. A new library is a part.
 */
const layers: Readonly<Record<string, 'core' | 'process'>> = {
  contracts: 'core',
  endpoint: 'core',
  service: 'process',
};

/** Tags of the project in a folder such as `libs/endpoint`: what eslint.config.mjs judges imports by. */
export function tagsOf(root: string): string[] {
  const [kind = '', name = ''] = root.split('/');

  if (kind === 'libs') return [`scope:${name}`, 'type:lib', `layer:${layers[name] ?? 'part'}`];
  if (kind === 'tools') return [`scope:${name}`, 'type:tool'];
  return [`scope:${name}`, name === 'e2e' ? 'type:e2e' : 'type:app'];
}
