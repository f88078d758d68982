import type { Tree } from '@nx/devkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { changesOf, repositoryTree, textOf } from '../../testing/repository.ts';
import removeService from '../remove-service/generator.ts';
import { writeService } from './generator.ts';

const resource = 'Zebra amount:money state:enum(open,paid) note:string? due_time:timestamp';

let tree: Tree;

beforeEach(() => {
  tree = repositoryTree();
});

describe('a new service', () => {
  test('has a contract, an app, and a place wherever services are listed', async () => {
    await writeService(tree, { name: 'zebras', resource, port: 50140 });

    const changed = [...changesOf(tree).keys()];
    expect(changed).toEqual(
      expect.arrayContaining([
        'libs/contracts/src/zebras.ts',
        'apps/zebras/src/main.ts',
        'apps/zebras/src/zebra.ts',
        'apps/zebras/src/testing/zebras.ts',
        'apps/zebras/prisma/schema.prisma',
        '.vscode/launch.json',
      ]),
    );
    expect(textOf(tree, 'tools/stack/src/services.ts')).toContain(
      "{ name: 'zebras', port: 50140, calls: ['user'], database: true },",
    );
    expect(textOf(tree, 'apps/gateway/src/upstreams.ts')).toContain(
      "zebras: { url: 'static:127.0.0.1:50140', contracts: [ZebraService] },",
    );
    const monolith = textOf(tree, 'tools/stack/src/monolith.ts');
    expect(monolith).toContain('publishLocal(ZebraService, zebras),');
    expect(monolith).toContain('ZEBRAS_DATABASE_URL: databaseUrl,');
    expect(textOf(tree, 'tools/stack/package.json')).toMatch(/"@[\w-]+\/zebras": "\*"/);
  });

  test('without a database and routes has neither, and the gateway does not know it', async () => {
    await writeService(tree, { name: 'zebras', resource, database: false, public: false });

    const changes = changesOf(tree);
    expect([...changes.keys()].filter((path) => /prisma|database|gateway|monolith/.test(path))).toEqual([]);
    expect([...changes.values()].join()).not.toContain('google.api.http');
    expect(textOf(tree, 'apps/zebras/src/repository.ts')).toContain('class MemoryZebras');
  });

  test('takes the next free port', async () => {
    await writeService(tree, { name: 'zebras' });
    await writeService(tree, { name: 'tapirs' });

    const ports = [...textOf(tree, 'tools/stack/src/services.ts').matchAll(/port: (\d+)/g)].map(([, port]) => port);
    expect(new Set(ports).size).toBe(ports.length);
  });
});

describe('a second run', () => {
  test('changes nothing', async () => {
    await writeService(tree, { name: 'zebras', resource });
    const once = changesOf(tree);

    await writeService(tree, { name: 'zebras' });

    expect(changesOf(tree)).toEqual(once);
  });

  test('keeps what was edited and says so, and brings back what is missing', async () => {
    await writeService(tree, { name: 'zebras', resource });
    tree.write('apps/zebras/src/service.ts', '// mine');
    tree.delete('apps/zebras/src/refusals.ts');

    const { reasons } = await writeService(tree, { name: 'zebras' });

    expect(textOf(tree, 'apps/zebras/src/service.ts')).toBe('// mine');
    expect(tree.exists('apps/zebras/src/refusals.ts')).toBe(true);
    expect(reasons).toEqual([expect.stringMatching(/^LEFT ALONE apps\/zebras\/src\/service\.ts/)]);
  });

  test('with other options is refused', async () => {
    await writeService(tree, { name: 'zebras', resource });

    await expect(writeService(tree, { name: 'zebras', resource: 'Zebra title:string' })).rejects.toThrow(
      /generated with other options \(resource .*nx generate remove-service zebras/,
    );
  });
});

describe('refused is', () => {
  test.each([
    ['a bad name', { name: 'Zebras' }, 'it has capitals'],
    ['the name of an app that was not generated', { name: 'order' }, 'apps/order is there and was not generated'],
    ['the name of a library', { name: 'transport' }, 'libs/transport has it'],
    [
      'the name of a contract of others',
      { name: 'money', resource: 'Coin title:string' },
      'libs/contracts/src/money.ts has it',
    ],
    ['a name that the monolith uses', { name: 'telemetry' }, 'the system itself has it'],
    ['a name of Postgres', { name: 'postgres' }, 'the system itself has it'],
    ['a route of another service', { name: 'zebras', resource: 'Order title:string' }, 'has the route /v1/orders'],
    ['a port of another service', { name: 'zebras', port: 50051 }, 'Port 50051 belongs to the service user'],
    ['a port out of range', { name: 'zebras', port: 80 }, 'from 50051 to 50149'],
    ['a bad resource', { name: 'zebras', resource: 'Zebra x' }, 'is no field'],
  ])('%s, and nothing is written', async (_, options, reason) => {
    await expect(writeService(tree, options)).rejects.toThrow(reason);

    expect(changesOf(tree).size).toBe(0);
  });

  test('to edit what has lost its place, telling which', async () => {
    tree.write('apps/gateway/src/upstreams.ts', 'export const others = {};');

    await expect(writeService(tree, { name: 'zebras' })).rejects.toThrow(
      'apps/gateway/src/upstreams.ts: the value of const upstreams is not there any more',
    );
  });
});

describe('removing', () => {
  test.each([
    { name: 'zebras', resource },
    { name: 'polar-bear-2' },
    { name: 'okapis', database: false, public: false },
    { name: 'gnus', database: false },
  ])('leaves nothing of $name', async (options) => {
    await writeService(tree, options);

    await removeService(tree, options);

    expect([...changesOf(tree).keys()]).toEqual([]);
  });

  test('leaves the services beside it as they are', async () => {
    await writeService(tree, { name: 'zebras', resource });
    const once = changesOf(tree);
    await writeService(tree, { name: 'tapirs' });

    await removeService(tree, { name: 'tapirs' });

    expect(changesOf(tree)).toEqual(once);
  });

  test.each(['order', 'nothing', '../order'])('%s is refused', async (name) => {
    await expect(removeService(tree, { name })).rejects.toThrow();

    expect(changesOf(tree).size).toBe(0);
  });
});
