import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run, type Outcome } from './run.ts';

const contracts = 'libs/contracts/proto';

/** Looks for changes that break callers who know an earlier state of the contracts. */
export async function contractsAreCompatible(): Promise<Outcome> {
  const baseline = await findBaseline();
  if (baseline === undefined) {
    const shallow = (await git('rev-parse', '--is-shallow-repository')) === 'true';
    const note = shallow ? 'not compared: the clone is shallow' : 'nothing to compare: no earlier commit';
    return { result: 'skipped', output: '', note };
  }

  const { name, commit } = baseline;
  if (!(await git('ls-tree', commit, contracts))) {
    return { result: 'passed', output: '', note: `${name} has no contracts` };
  }
  if (!(await git('ls-tree', commit, `${contracts}/${ownPackage()}`))) {
    return { result: 'passed', output: '', note: `nothing to compare: ${name} has another name than this workspace` };
  }

  const scratch = await mkdtemp(join(tmpdir(), 'ko-breaking-'));
  try {
    const archive = join(scratch, 'contracts.tar');
    const packed = await run('git', ['archive', '--format=tar', '-o', archive, commit, 'buf.yaml', contracts]);
    const comparison = packed.result === 'failed' ? packed : await run('buf', ['breaking', '--against', archive]);
    return { ...comparison, note: `compared with ${name}` };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface Baseline {
  readonly name: string;
  readonly commit: string;
}

/** The last release; before the first one, where this branch left main; on main, the commit before this state. */
async function findBaseline(): Promise<Baseline | undefined> {
  const head = await git('rev-parse', '--verify', 'HEAD');
  if (!head) return undefined;

  const changed = (await git('status', '--porcelain', '--', contracts)) !== '';
  const before = changed ? head : await git('rev-parse', '--verify', 'HEAD^');
  if (!before) return undefined;

  const release = await git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*', before);
  if (release) return { name: release, commit: release };

  for (const main of ['origin/main', 'main']) {
    const fork = await git('merge-base', 'HEAD', main);
    if (fork && fork !== head) return { name: `${main} (${fork.slice(0, 7)})`, commit: fork };
  }
  return { name: `the commit before (${before.slice(0, 7)})`, commit: before };
}

/** The package that all our contracts are in: what the workspace is called. */
function ownPackage(): string {
  const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string }; // Of a private package, too.
  return name.replaceAll('-', '_');
}

/** What git prints, trimmed; empty when it fails. */
async function git(...args: string[]): Promise<string> {
  const { result, output } = await run('git', args);
  return result === 'passed' ? output.trim() : '';
}
