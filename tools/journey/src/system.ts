import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { environment, type Clone } from './clone.ts';

/** An answer of the gateway. */
export interface Answer {
  readonly status: number;
  readonly body: Body;
}

/** What the journey looks at in a body. Which of it there is, it has to know. */
export interface Body {
  readonly name: string;
  readonly title: string;
  readonly state: string;
  readonly detail: string;
  readonly accessToken: string;
  readonly payments: readonly Body[];
  readonly userProfile2s: readonly Body[];
  readonly paths: Readonly<Record<string, object>>;
  readonly info: { readonly title: string };
}

const startTimeout = 90_000;

/** The whole system of a clone, as `npm start` runs it. */
export class System implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #url: string;
  #output = '';
  #token = '';

  private constructor(clone: Clone, port: number) {
    this.#url = `http://127.0.0.1:${port}`;
    const child = spawn('npm', ['start', '--', '--port', String(port)], {
      cwd: clone.folder,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (this.#output += String(chunk)));
    }
    this.#child = child;
  }

  /** Resolves when it is up, and somebody is signed in. */
  static async start(clone: Clone, port: number): Promise<System> {
    const system = new System(clone, port);
    const late = Date.now() + startTimeout;
    while (!system.#output.includes(' is up.')) {
      if (system.#child.exitCode !== null || Date.now() > late) {
        await system[Symbol.asyncDispose]();
        throw new Error(`the system did not start:\n${system.#output}`);
      }
      await delay(50);
    }
    const sample = { email: 'ada@example.com', password: 'correct-horse-battery' };
    system.#token = (await system.call('POST /v1/sessions', sample)).body.accessToken;
    return system;
  }

  /** Calls `POST /v1/payments` and the like, signed in unless told otherwise. */
  async call(route: string, body?: object, { token = this.#token }: { readonly token?: string } = {}): Promise<Answer> {
    const [method = '', path = ''] = route.split(' ');
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Body };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid, exitCode } = this.#child;
    if (pid === undefined || exitCode !== null) return;
    const ended = once(this.#child, 'close');
    process.kill(-pid, 'SIGTERM');
    await ended;
  }
}
