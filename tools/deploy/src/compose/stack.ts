import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '@ko/discovery/testing';

const root = join(import.meta.dirname, '../../../..');
const execute = promisify(execFile);

/** A container as `docker compose ps` shows it. */
export interface Container {
  readonly ID: string;
  readonly Name: string;
  readonly Service: string;
  readonly State: string;
  readonly Health: string;
}

/** The stack of docker-compose.yml, under a name and on ports of its own, so that it stands beside one that runs already. */
export class Stack implements AsyncDisposable {
  readonly project: string;
  readonly gateway: string;
  readonly prometheus: string;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(project: string, [gateway = 0, prometheus = 0, grafana = 0]: readonly number[]) {
    this.project = project;
    this.gateway = `http://127.0.0.1:${gateway}`;
    this.prometheus = `http://127.0.0.1:${prometheus}`;
    this.#environment = {
      ...process.env,
      COMPOSE_PROJECT_NAME: project,
      COMPOSE_PROFILES: 'full',
      GATEWAY_PORT: String(gateway),
      PROMETHEUS_PORT: String(prometheus),
      GRAFANA_PORT: String(grafana),
      RATE_LIMIT: '1000000',
    };
  }

  static async prepare(): Promise<Stack> {
    return new Stack(`compose-test-${process.pid}`, await freePorts(3));
  }

  /** Runs `docker compose`. Resolves to what it printed; rejects with that when it fails. */
  compose(...args: readonly string[]): Promise<string> {
    return docker(['compose', ...args], this.#environment);
  }

  /** The containers of a service, or of all. */
  async containers(...services: readonly string[]): Promise<readonly Container[]> {
    const lines = await this.compose('ps', '--all', '--format', 'json', ...services);
    return lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Container);
  }

  /** What somebody inside gets for a URL, such as `http://consul:8500/v1/catalog/services`. */
  async inside(url: string): Promise<unknown> {
    const program = 'process.stdout.write(await (await fetch(process.argv[1])).text())';
    const args = ['--input-type=module', '--eval', program, url];
    return JSON.parse(await this.compose('exec', '--no-TTY', 'gateway', 'node', ...args)) as unknown;
  }

  /** What Prometheus answers to a question of its API, such as `targets`. */
  async askPrometheus(path: string): Promise<unknown> {
    const answer = (await (await fetch(`${this.prometheus}/api/v1/${path}`)).json()) as { readonly data: unknown };
    return answer.data;
  }

  /** What there is of the stack: containers, volumes and networks. */
  async traces(): Promise<readonly string[]> {
    const label = `label=com.docker.compose.project=${this.project}`;
    const lists = await Promise.all([
      docker(['ps', '--all', '--quiet', '--filter', label]),
      docker(['volume', 'ls', '--quiet', '--filter', label]),
      docker(['network', 'ls', '--quiet', '--filter', label]),
    ]);
    return lists.flatMap((list) => list.split('\n')).filter((line) => line !== '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.compose('down', '--volumes', '--timeout', '5');
  }
}

/** Runs `docker`. Resolves to what it printed; rejects with that when it fails. */
export async function docker(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  try {
    const { stdout } = await execute('docker', [...args], { cwd: root, env, maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`docker ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}
