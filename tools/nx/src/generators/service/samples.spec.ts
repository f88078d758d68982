import type { Tree } from '@nx/devkit';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';
import { repositoryTree, textOf } from '../../testing/repository.ts';
import { readWorkspace } from '../../workspace.ts';
import { writeService } from './generator.ts';

/** The sample services, next to what the generator makes: what holds for one holds for the other. */
const samples = ['order', 'user'] as const;

let tree: Tree;

beforeAll(async () => {
  tree = repositoryTree();
  await writeService(tree, { name: 'specimen', resource: 'Specimen amount:money state:enum(open,sold)' });
});

describe.each(samples)('the sample %s', (name) => {
  test.each(['tsconfig.json', 'prisma.config.ts', 'prisma/migrations/migration_lock.toml', 'src/database.ts'])(
    'has the %s that the generator makes',
    (file) => {
      expect(textOf(tree, `apps/${name}/${file}`)).toBe(generated(file, name));
    },
  );

  test('has the files that a generated service has', () => {
    const files = ['app', 'config', 'endpoints', 'index', 'main', 'repository', 'service'].map(
      (file) => `src/${file}.ts`,
    );
    const specs = ['app', 'repository', 'service'].map((file) => `src/${file}.spec.ts`);

    const missing = [...files, ...specs, `src/${name}.ts`, 'README.md'].filter(
      (file) => !tree.exists(`apps/${name}/${file}`),
    );

    expect(missing).toEqual([]);
  });

  test('needs the packages that a generated service needs, in the same versions', () => {
    expect(dependenciesOf(textOf(tree, `apps/${name}/package.json`))).toMatchObject(
      dependenciesOf(generated('package.json', name)),
    );
  });

  test('has a Prisma schema that begins in the same way', () => {
    const head = (schema: string) => schema.slice(0, schema.indexOf('}', schema.indexOf('datasource')));

    expect(head(textOf(tree, `apps/${name}/prisma/schema.prisma`))).toBe(head(generated('prisma/schema.prisma', name)));
  });

  test.each(['config.ts', 'index.ts', 'service.ts', 'endpoints.ts'])(
    'exports from %s what a generated one does',
    (file) => {
      const wanted = exportsOf(generated(`src/${file}`, name));

      const kinds = commonExports.filter((suffix) => wanted.some((one) => one.endsWith(suffix)));

      expect(
        kinds.filter((kind) => !exportsOf(textOf(tree, `apps/${name}/src/${file}`)).some((one) => one.endsWith(kind))),
      ).toEqual([]);
    },
  );

  test('is put together in main.ts in the same order', () => {
    const order = (main: string) =>
      [...main.matchAll(/^(?:const (\w+)|(process\.exitCode)|(serve)\()/gm)].map(([, ...found]) => found.find(Boolean));
    const sample = [...new Set(order(textOf(tree, `apps/${name}/src/main.ts`)))];

    const wanted = order(generated('src/main.ts', name)).filter((step) => sample.includes(step));

    expect(wanted).toEqual(sample);
    expect(sample).toEqual(
      expect.arrayContaining(['config', 'limiter', 'telemetry', 'database', 'app', 'server', 'serve']),
    );
  });
});

describe('the sample order', () => {
  test('has every line of main.ts that a generated service has', () => {
    const lines = (text: string) => text.split('\n').filter((line) => !line.startsWith('import') && line.trim() !== '');
    const sample = lines(textOf(tree, 'apps/order/src/main.ts'));

    expect(lines(generated('src/main.ts', 'order')).filter((line) => !sample.includes(line))).toEqual([]);
  });

  test('is built in app.ts by the same statements, and the Customers that it needs besides', () => {
    const body = (text: string) => text.slice(text.indexOf('  const served'), text.lastIndexOf('}'));

    expect(body(textOf(tree, 'apps/order/src/app.ts'))).toBe(body(generated('src/app.ts', 'order')));
  });

  test.each(['Get', 'List'])('has the standard method %s as a generated contract has it', (method) => {
    const { protoRoot } = readWorkspace(tree);
    const sample = textOf(tree, `libs/contracts/proto/${protoRoot}/order/v1/order.proto`);
    const made = renamed(textOf(tree, `libs/contracts/proto/${protoRoot}/specimen/v1/specimen.proto`), 'order');

    expect(methodIn(sample, method)).toBe(methodIn(made, method));
    expect(methodIn(sample, method)).toContain('google.api.http');
  });
});

/** Endings of names that mean the same in every service. */
const commonExports = [
  'Config',
  'Dependencies',
  'Database',
  'prismaDir',
  'Service',
  'Repository',
  'ServiceOptions',
  'Endpoints',
];

/** A file of the generated service, as if it had the name of the sample. */
function generated(file: string, sample: string): string {
  return renamed(textOf(tree, `apps/specimen/${file}`), sample);
}

function renamed(text: string, sample: string): string {
  const capital = sample.charAt(0).toUpperCase() + sample.slice(1);
  return text.replaceAll('specimen', sample).replaceAll('Specimen', capital);
}

function dependenciesOf(manifest: string): object {
  return (JSON.parse(manifest) as { dependencies: object }).dependencies; // Every app has some.
}

function exportsOf(text: string): readonly string[] {
  const file = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true);
  return file.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) {
      const { exportClause: clause } = statement;
      return clause !== undefined && ts.isNamedExports(clause) ? clause.elements.map(({ name }) => name.text) : [];
    }
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (isExported !== true) return [];
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.map(({ name }) => name.getText(file));
    const { name } = statement as { readonly name?: ts.Identifier }; // Of a function, class, interface or type.
    return name === undefined ? [] : [name.text];
  });
}

/** A method of a contract, without comments. */
function methodIn(proto: string, method: string): string {
  const from = proto.search(new RegExp(`^  rpc ${method}`, 'm'));
  return proto.slice(from, proto.indexOf('\n  }\n', from));
}
