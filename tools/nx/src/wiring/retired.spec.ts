import { execFileSync } from 'node:child_process';
import { assert, expect, test } from 'vitest';
import { changesOf, repositoryTree, textOf } from '../testing/repository.ts';
import { protoFolder, readWorkspace } from '../workspace.ts';
import { reinstate, retire } from './retired.ts';

const { protoRoot } = readWorkspace(repositoryTree());

/** A contract that the last commit has, whatever the workspace was called then. */
const committed = execFileSync('git', ['ls-tree', '-rd', '--name-only', 'HEAD', protoFolder], { encoding: 'utf8' })
  .split('\n')
  .find((folder) => folder.endsWith('/order'));

test('a contract that a commit has is retired, until it is back', () => {
  assert(committed !== undefined);
  const tree = repositoryTree();

  retire(tree, committed);
  const retired = textOf(tree, 'buf.yaml');
  reinstate(tree, committed);

  expect(retired).toContain(`- ${committed}`);
  expect([...changesOf(tree).keys()]).toEqual([]);
});

test('one that no commit has needs no word', () => {
  const tree = repositoryTree();

  retire(tree, `${protoFolder}/${protoRoot}/never_there`);

  expect([...changesOf(tree).keys()]).toEqual([]);
});
