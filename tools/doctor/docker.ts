import { execFile } from 'node:child_process';
import type { Finding } from './finding.ts';

/** Milliseconds that a program has to answer in. */
const patience = 3_000;

/** The first Compose that knows all that a compose file of ours may use. */
const oldestCompose = [2, 20] as const;

const onlyFor = 'only docker compose up needs it';
const install = 'https://docs.docker.com/get-started/get-docker/';

/** What there is of Docker. */
export interface DockerFacts {
  /** Version of the command; undefined when there is none. */
  readonly client?: string | undefined;
  /** Version of the daemon; undefined when it cannot be reached. */
  readonly daemon?: string | undefined;
  /** Why the daemon cannot be reached, in Docker's words. */
  readonly refusal?: string | undefined;
  /** Undefined when the plugin is missing. */
  readonly compose?: string | undefined;
}

export async function dockerOfMachine(): Promise<DockerFacts> {
  const [client, daemon, compose] = await Promise.all([
    output('docker', '--version'),
    output('docker', 'version', '--format', '{{.Server.Version}}'),
    output('docker', 'compose', 'version', '--short'),
  ]);
  return {
    client: versionIn(client.text),
    ...(daemon.failed ? { refusal: daemon.text } : { daemon: versionIn(daemon.text) }),
    compose: compose.failed ? undefined : versionIn(compose.text),
  };
}

/** Nothing about Docker is wrong: whoever runs the system by npm start does without. */
export function checkDocker(
  facts: DockerFacts,
  platform: NodeJS.Platform = process.platform,
): readonly [Finding] | readonly [Finding, Finding] {
  const { client, daemon, refusal = '', compose } = facts;
  if (client === undefined) {
    return [{ level: 'warning', subject: 'Docker', found: `not found; ${onlyFor}`, mend: `install it: ${install}` }];
  }
  const docker: Finding =
    daemon === undefined
      ? { level: 'warning', subject: 'Docker', ...silentDaemon(client, refusal, platform) }
      : { level: 'ok', subject: 'Docker', found: daemon };
  return [docker, checkCompose(compose)];
}

function silentDaemon(client: string, refusal: string, platform: NodeJS.Platform) {
  if (/permission denied/i.test(refusal)) {
    const mend = 'sudo usermod -aG docker "$USER", then sign in again';
    return { found: `${client}, but this user may not talk to its daemon; ${onlyFor}`, mend };
  }
  const start = platform === 'linux' ? 'sudo systemctl start docker' : 'start Docker Desktop';
  return { found: `${client}, but its daemon does not answer; ${onlyFor}`, mend: start };
}

function checkCompose(version: string | undefined): Finding {
  const subject = 'Docker Compose';
  const oldest = oldestCompose.join('.');
  const mend = 'https://docs.docker.com/compose/install/';
  if (version === undefined) {
    return {
      level: 'warning',
      subject,
      found: `not found; ${onlyFor}`,
      mend: `install version ${oldest} or later: ${mend}`,
    };
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < oldestCompose[0] || (major === oldestCompose[0] && minor < oldestCompose[1]);
  return isOld
    ? { level: 'warning', subject, found: `${version} is older than ${oldest}`, mend: `install a later one: ${mend}` }
    : { level: 'ok', subject, found: version };
}

function versionIn(text: string): string | undefined {
  return /\d+(?:\.\d+)+/.exec(text)?.[0];
}

/** What a program prints, on either stream if it fails, is missing or does not answer in time. */
function output(
  program: string,
  ...args: readonly string[]
): Promise<{ readonly failed: boolean; readonly text: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: patience }, (error, stdout, stderr) => {
      resolve(error === null ? { failed: false, text: stdout } : { failed: true, text: stderr });
    });
  });
}
