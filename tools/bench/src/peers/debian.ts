import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from './once.ts';
import { UnavailableError } from './peer.ts';
import { step } from './step.ts';

const release = 'sid';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const hint = 'It takes Debian, with apt-get, apt-cache and dpkg, and a mirror that has its newest release';

/**
 * Unpacks packages of Debian's newest release into a folder, without what they depend on, and installs nothing. A package
 * whose name has a version in it is named by who depends on it: `golang-go > golang-*-go`. Resolves to the versions.
 */
export async function unpackDebian(folder: string, packages: readonly string[]): Promise<ReadonlyMap<string, string>> {
  await once(folder, packages.join(), async () => {
    const apt = join(folder, 'apt');
    await mkdir(join(apt, 'lists/partial'), { recursive: true });
    await mkdir(join(apt, 'cache/archives/partial'), { recursive: true });
    const sources = join(apt, 'sources.list');
    await writeFile(sources, `deb [signed-by=${keyring}] ${await mirror()} ${release} main\n`);
    const options = aptOptions(apt, sources);
    await step('apt-get', [...options, '-qq', 'update'], { cwd: apt, hint });
    const names = await Promise.all(packages.map((name) => resolve(name, options)));
    await step('apt-get', [...options, '-qq', 'download', ...names], { cwd: apt, hint });
    const archives = await step('sh', ['-c', 'ls *.deb'], { cwd: apt });
    const versions: [string, string][] = [];
    for (const archive of archives.trim().split('\n')) {
      await step('dpkg', ['-x', archive, folder], { cwd: apt, hint });
      const [name = '', version = ''] = archive.split('_');
      versions.push([name, decodeURIComponent(version)]);
    }
    await rm(apt, { recursive: true });
    await writeFile(join(folder, 'versions.json'), JSON.stringify(versions));
  });
  return new Map(JSON.parse(await readFile(join(folder, 'versions.json'), 'utf8')) as [string, string][]);
}

/** The mirror that the machine has its own packages from. */
async function mirror(): Promise<string> {
  const args = ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'];
  const uris = (await step('apt-get', args, { cwd: '/', hint })).split('\n');
  const found = uris.find((uri) => /\/debian\/?$/.test(uri));
  if (found === undefined) throw new UnavailableError(`no mirror of Debian is among the sources of apt. ${hint}`);
  return found;
}

function aptOptions(apt: string, sources: string): readonly string[] {
  return [
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=-',
    `Dir::State::lists=${join(apt, 'lists')}`,
    `Dir::Cache=${join(apt, 'cache')}`,
    'Acquire::Check-Valid-Until=false',
    'Acquire::Retries=3',
    'APT::Sandbox::User=',
  ].flatMap((option) => ['-o', option]);
}

async function resolve(name: string, options: readonly string[]): Promise<string> {
  const [by = '', pattern] = name.split(' > ');
  if (pattern === undefined) return name;
  const wanted = new RegExp(`Depends: (${pattern.replace('*', '[0-9.]+')})$`, 'm');
  const found = wanted.exec(await step('apt-cache', [...options, 'depends', by], { cwd: '/', hint }))?.[1];
  if (found === undefined) throw new UnavailableError(`${by} depends on no ${pattern}. ${hint}`);
  return found;
}
