import { expect, test } from 'vitest';
import { changesOf, repositoryTree, textOf } from '../testing/repository.ts';
import { protoFolder, readWorkspace } from '../workspace.ts';
import { reinstate, retire } from './retired.ts';

const { protoRoot } = readWorkspace(repositoryTree());
const committed = `${protoFolder}/${protoRoot}/order`;

test('a contract that a commit has is retired, until it is back', () => {
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
