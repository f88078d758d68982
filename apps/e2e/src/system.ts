import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export type Shape = 'processes' | 'monolith';

/** What the system says of itself in its data folder. */
interface State {
  readonly ready: boolean;
  readonly gateway?: string;
  readonly processes: Readonly<Record<string, number>>;
}

const root = path.join(import.meta.dirname, '../../..');
const startTimeout = 90_000;

/** The whole system, started as `npm start` does, on ports and data of its own. */
export class System {
  readonly #shape: Shape;
  readonly #data = mkdtempSync(path.join(tmpdir(), 'ko-e2e-'));
  #child: ChildProcess | undefined;
  #output = '';
  #port = 0;
  #flags: readonly string[] = [];

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** All that it printed. */
  get output(): string {
    return this.#output;
  }

  /** Ids of its processes, by name. */
  get processes(): State['processes'] {
    return this.#state()?.processes ?? {};
  }

  /** Process id of its Postgres. */
  get postgres(): number {
    return Number.parseInt(readFileSync(path.join(this.#data, 'postgres/postmaster.pid'), 'utf8'), 10);
  }

  /** Another system that wants the same ports, with data of its own, as `npm run dev` starts it. */
  neighbour(): System {
    const other = new System(this.#shape);
    other.#port = this.#port;
    other.#flags = ['--watch'];
    return other;
  }

  async start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.#port === 0) this.#port = await freePorts();
    const flags = ['--port', String(this.#port), '--data', this.#data, ...this.#flags];
    const shape = this.#shape === 'monolith' ? ['--monolith'] : [];
    const child = spawn(process.execPath, [path.join(root, 'tools/stack/src/main.ts'), ...flags, ...shape], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...ownEnvironment(), RATE_LIMIT: '100000', PASSWORD_RATE_LIMIT: '10000', ...environment },
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.#output += String(chunk)));
    this.#child = child;
    const late = Date.now() + startTimeout;
    while (this.#state()?.ready !== true) {
      if (child.exitCode !== null || Date.now() > late) throw new Error(`the system did not start:\n${this.#output}`);
      await delay(50);
    }
  }

  /** Asks it to stop, and waits until it has. Resolves to its exit code. */
  async stop(): Promise<number | null> {
    const child = this.#child;
    if (child?.exitCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'close');
    child.kill('SIGINT');
    await ended;
    return child.exitCode;
  }

  /** Stops it and forgets its data. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#data, { recursive: true, force: true });
  }

  #state(): State | undefined {
    try {
      return JSON.parse(readFileSync(path.join(this.#data, 'system.json'), 'utf8')) as State;
    } catch {
      return undefined; // Not written yet, or removed already.
    }
  }
}

const portsWanted = 60;

/**
 * The first of a row of ports that are free now. They lie below those that systems give to clients, which come and go
 * all the time.
 */
async function freePorts(): Promise<number> {
  const first = 12_000 + portsWanted * randomInt(300);
  const row = Array.from({ length: portsWanted }, (_, index) => first + index);
  const free = await Promise.all(row.map(isFree));
  return free.every(Boolean) ? first : freePorts();
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false; // Taken, or not for us.
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** The environment without a Postgres of the developer's: the system has its own. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, DATABASE_SERVER_URL: undefined };
}
