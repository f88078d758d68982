import js from '@eslint/js';
import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin/nx';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// The import rules read Nx's graph from its cache, and would judge nothing without one.
await createProjectGraphAsync({ exitOnError: true });

const tests = ['**/*.spec.ts', '**/testing/**/*.ts'];

/**
 * Who may import whom, by the tags that tools/nx gives each project.
 *
 * @param {string[]} core what the core may import of ours
 */
const boundaries = (core) => ({
  depConstraints: [
    { sourceTag: 'layer:core', onlyDependOnLibsWithTags: core },
    { sourceTag: 'layer:part', onlyDependOnLibsWithTags: ['layer:core'] },
    { sourceTag: 'layer:process', onlyDependOnLibsWithTags: ['layer:core', 'layer:part'] },
    { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:lib'] },
    { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: [] },
    { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['type:app', 'type:lib', 'type:tool'] },
  ],
});

/** What a layer of an app may not import, the layer being how its file is named. */
const layers = [
  layer(
    'service',
    'A service speaks the domain: it imports @ko/endpoint, @ko/resource/money, node: and other files of the domain.',
    [
      String.raw`^(?!node:|@ko/endpoint$|@ko/resource/money$|\.)`,
      String.raw`/generated/|(^|[/-])(repository|endpoints|app|main|config)\.ts$`,
    ],
  ),
  layer('repository', 'A repository stands between the database and the domain: nothing above it is its business.', [
    '^@ko/(?!data$|data/|endpoint$|resource/money$)',
    String.raw`(^|[/-])(endpoints|app|main|config)\.ts$`,
  ]),
  layer('endpoints', 'Endpoints stand between the contract and the service: what is below or around is not theirs.', [
    '^@ko/(?!contracts/|endpoint$|middleware$|resource$|resource/)|^@prisma/',
    String.raw`/generated/|(^|[/-])(repository|app|main|config)\.ts$`,
  ]),
];

export default defineConfig(
  globalIgnores([
    'clients/',
    '**/gen/',
    '**/generated/',
    '**/files/',
    'apps/*/dist/',
    '**/coverage/',
    '.nx/',
    '.ko/',
    'tools/bench/peers/',
  ]),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { '@nx': nx },
    rules: {
      'max-lines': ['error', 250],
      '@nx/enforce-module-boundaries': ['error', boundaries([])],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A no-op is a fine default, and an async function need not await to be an endpoint.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
      // Many objects are closures, whose methods stand on their own; classes keep state in #private fields that would tell.
      '@typescript-eslint/unbound-method': 'off',
      // Foreign enums are numbers on the wire.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['{apps,libs}/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only main.ts reads the environment, through config.ts.' },
      ],
    },
  },
  {
    files: ['{apps,libs}/**/*.ts'],
    ignores: ['libs/contracts/src/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', { selector: 'ExportAllDeclaration', message: 'List exports by name.' }],
    },
  },
  {
    // The tests, and what runs programs that have an environment of their own.
    files: [
      'apps/*/src/main.ts',
      'apps/e2e/src/*.ts',
      'libs/data/src/{prisma-config,embedded/place,migrate/main}.ts',
      ...tests,
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  // The tests of endpoints need a contract to try them on.
  { files: tests, rules: { '@nx/enforce-module-boundaries': ['error', boundaries(['layer:core'])] } },
  layers,
  { files: ['**/*.mjs'], extends: [tseslint.configs.disableTypeChecked], rules: { 'no-undef': 'off' } },
  prettier,
);

function layer(suffix, message, forbidden) {
  const patterns = forbidden.map((regex) => ({ regex, message }));
  return { files: [`apps/*/src/**/*${suffix}.ts`], rules: { 'no-restricted-imports': ['error', { patterns }] } };
}
