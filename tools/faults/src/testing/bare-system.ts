import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { testDatabase } from '@ko/data/testing';
import { consulServer, freePorts, type RegistryServer } from '@ko/discovery/testing';
import { onTestFinished } from 'vitest';
import { SlowProxy } from '../slow-proxy.ts';

export type Name = 'user' | 'order' | 'gateway';

/** A process of the system, and what it has printed. */
export interface Running {
  readonly child: ChildProcess;
  /** Lines of its log, as objects. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** Resolves to the exit code. */
  readonly ended: Promise<number | null>;
}

interface Places {
  readonly consul: RegistryServer;
  readonly postgres: { readonly proxy: SlowProxy; readonly port: number };
  readonly http: number;
  readonly admin: Readonly<Record<Name, number>>;
  readonly databases: Readonly<Record<'user' | 'order', string>>;
}

const apps = path.join(import.meta.dirname, '../../../../apps');

/** A system that a test starts bit by bit: at first there is nothing, not even Postgres. All of it ends with the test. */
export class BareSystem {
  readonly #places: Places;

  private constructor(places: Places) {
    this.#places = places;
  }

  static async prepare(consulProgram: string): Promise<BareSystem> {
    const consul = await consulServer(consulProgram);
    const user = await testDatabase(path.join(apps, 'user/prisma'));
    const order = await testDatabase(path.join(apps, 'order/prisma'));
    const proxy = new SlowProxy(new URL(user.url).host);
    const [port = 0, http = 0, ...admins] = await freePorts(5);
    onTestFinished(async () => {
      proxy.stop();
      await Promise.all([consul.kill(), user.drop(), order.drop()]);
    });
    const through = (url: string) => Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href;
    return new BareSystem({
      consul,
      postgres: { proxy, port },
      http,
      admin: { user: admins[0] ?? 0, order: admins[1] ?? 0, gateway: admins[2] ?? 0 },
      databases: { user: through(user.url), order: through(order.url) },
    });
  }

  get gateway(): string {
    return `http://127.0.0.1:${this.#places.http}`;
  }

  get consul(): string {
    return `http://${this.#places.consul.address}`;
  }

  async startPostgres(): Promise<void> {
    const { proxy, port } = this.#places.postgres;
    await proxy.start(port);
  }

  async startConsul(): Promise<void> {
    await this.#places.consul.start();
  }

  start(name: Name, environment: NodeJS.ProcessEnv = {}): Running {
    const child = spawn(process.execPath, [path.join(apps, name, 'src/main.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...this.#environmentOf(name), SHUTDOWN_DELAY: '0', ...environment },
    });
    const ended = once(child, 'exit').then(([code]) => code as number | null);
    onTestFinished(async () => {
      child.kill('SIGTERM');
      await ended;
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += String(chunk)));
    const lines = () => text.split('\n').filter((line) => line.startsWith('{'));
    return {
      child,
      ended,
      get log() {
        return lines().map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
      },
    };
  }

  async readiness(name: Name): Promise<unknown> {
    try {
      return await (await fetch(`http://127.0.0.1:${this.#places.admin[name]}/readyz`)).json();
    } catch {
      return undefined; // It does not answer yet.
    }
  }

  /** Signs somebody up and in, and places an order. Resolves to the status of the first answer that was not 200, or of the last. */
  async placeOrder(): Promise<number> {
    const account = { email: `${randomUUID()}@example.com`, password: 'correct-horse-battery' };
    const lines = [{ sku: 'TEA-1', quantity: 1, unitPrice: { currencyCode: 'EUR', units: '4', nanos: 0 } }];

    const registered = await this.#post('/v1/users', { ...account, displayName: 'Ada' });
    if (!registered.ok) return registered.status;
    const signedIn = await this.#post('/v1/sessions', account);
    if (!signedIn.ok) return signedIn.status;
    const { accessToken } = (await signedIn.json()) as { readonly accessToken: string };
    return (await this.#post('/v1/orders', { lines }, { authorization: `Bearer ${accessToken}` })).status;
  }

  async #post(route: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(this.gateway + route, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  #environmentOf(name: Name): NodeJS.ProcessEnv {
    const { consul, http, admin, databases } = this.#places;
    return {
      ...(name === 'gateway'
        ? { HTTP_ADDRESS: `127.0.0.1:${http}` }
        : { GRPC_ADDRESS: '127.0.0.1:0', DATABASE_URL: databases[name] }),
      ADMIN_ADDRESS: `127.0.0.1:${admin[name]}`,
      REGISTRY_URL: `consul://${consul.address}`,
      USER_URL: `consul://${consul.address}/user`,
      ORDER_URL: `consul://${consul.address}/order`,
    };
  }
}
