import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from './free-ports.ts';

/** A real server that a test starts, kills and starts again with nothing in it, always at the same address. */
export interface RegistryServer {
  /** host:port */
  readonly address: string;
  /** Resolves when it answers. */
  start(): Promise<void>;
  /** Ends it without a warning. */
  kill(): Promise<void>;
}

/** The program of a server: named by an environment variable such as CONSUL_BIN, or found in PATH. */
export function findProgram(name: string): string | undefined {
  const { [`${name.toUpperCase()}_BIN`]: named, PATH: folders = '' } = process.env;
  const files = named === undefined ? folders.split(path.delimiter).map((folder) => path.join(folder, name)) : [named];
  return files.find(isProgram);
}

/** A Consul with one agent, that is its own server. */
export async function consulServer(program: string): Promise<RegistryServer> {
  const [http, server, lan, wan] = await freePorts(4);
  const ports = [`-http-port=${http}`, `-server-port=${server}`, `-serf-lan-port=${lan}`, `-serf-wan-port=${wan}`];
  return new ServerProcess(`127.0.0.1:${http}`, {
    program,
    args: () => ['agent', '-dev', '-bind=127.0.0.1', '-log-level=err', '-grpc-port=-1', '-dns-port=-1', ...ports],
    // Without a leader nothing can be registered.
    isReady: async (address) => (await (await fetch(`http://${address}/v1/status/leader`)).json()) !== '',
  });
}

/** An etcd of one member. */
export async function etcdServer(program: string): Promise<RegistryServer> {
  const [client, peer] = await freePorts(2);
  const [clients, peers] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
  return new ServerProcess(`127.0.0.1:${client}`, {
    program,
    args: (data) => [
      ...['--data-dir', data, '--log-level', 'error', '--unsafe-no-fsync'],
      ...['--listen-client-urls', clients, '--advertise-client-urls', clients],
      ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers, '--initial-cluster', `default=${peers}`],
    ],
    isReady: async (address) => (await fetch(`http://${address}/health`)).ok,
  });
}

interface ServerProgram {
  readonly program: string;
  /** Its arguments, with its data in the folder. */
  readonly args: (data: string) => readonly string[];
  readonly isReady: (address: string) => Promise<boolean>;
}

class ServerProcess implements RegistryServer {
  readonly address: string;
  readonly #server: ServerProgram;
  #running: { readonly child: ChildProcess; readonly data: string } | undefined;

  constructor(address: string, server: ServerProgram) {
    this.address = address;
    this.#server = server;
  }

  /** Starts it; once more where it ends at once, as it does when somebody has one of its ports for a moment. */
  async start(tries = 5): Promise<void> {
    const { program, args, isReady } = this.#server;
    const data = mkdtempSync(path.join(tmpdir(), 'ko-registry-'));
    const child = spawn(program, args(data), { stdio: 'ignore' });
    this.#running = { child, data };
    while (child.exitCode === null && !(await isReady(this.address).catch(() => false))) await delay(50);
    if (child.exitCode === null) return;

    this.#running = undefined;
    rmSync(data, { recursive: true, force: true });
    if (tries === 1) throw new Error(`${program} ended with code ${child.exitCode}`);
    await delay(500);
    await this.start(tries - 1);
  }

  async kill(): Promise<void> {
    if (this.#running === undefined) return;
    const { child, data } = this.#running;
    this.#running = undefined;
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
    rmSync(data, { recursive: true, force: true });
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // It is not there, or is none.
  }
}
