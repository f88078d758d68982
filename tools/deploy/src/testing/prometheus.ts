import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from './program.ts';

/** A series and its value now. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** A Prometheus that runs, and its HTTP API. */
export class Prometheus implements AsyncDisposable {
  readonly #url: string;
  readonly #cleanup: AsyncDisposableStack;

  private constructor(url: string, cleanup: AsyncDisposableStack) {
    this.#url = url;
    this.#cleanup = cleanup;
  }

  /** With the configuration in the folder, which is its own. */
  static async start(program: string, folder: string, port: number, ...flags: readonly string[]): Promise<Prometheus> {
    await using cleanup = new AsyncDisposableStack();
    const data = mkdtempSync(join(tmpdir(), 'ko-prometheus-data-'));
    for (const owned of [folder, data]) cleanup.defer(() => rmSync(owned, { recursive: true, force: true }));
    const config = [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${data}`];
    const url = `http://127.0.0.1:${port}`;
    const listen = `--web.listen-address=127.0.0.1:${port}`;
    cleanup.use(await startProgram(program, { args: [...config, listen, ...flags], readyUrl: `${url}/-/ready` }));
    return new Prometheus(url, cleanup.move());
  }

  /** The data of an answer. What is in it, the caller has to know. Rejects with what Prometheus has against it. */
  async get<Data>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<Data> {
    const response = await fetch(`${this.#url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
    const { data, error } = (await response.json()) as { readonly data: Data; readonly error?: string };
    if (error !== undefined) throw new Error(`${path} ${JSON.stringify(parameters)}: ${error}`);
    return data;
  }

  async query(query: string): Promise<readonly Sample[]> {
    return (await this.get<{ readonly result: readonly Sample[] }>('query', { query })).result;
  }

  /** The values of a variable of a dashboard: `label_values(up, job)`. */
  async values(variable: string): Promise<readonly string[]> {
    const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(variable) ?? [];
    return this.get(`label/${label}/values`, { 'match[]': selector });
  }

  /** How many targets are up, by job. */
  async targets(): Promise<Readonly<Record<string, number>>> {
    const { activeTargets } = await this.get<{ readonly activeTargets: readonly Target[] }>('targets');
    const up: Record<string, number> = {};
    for (const { labels, health } of activeTargets) if (health === 'up') up[labels.job] = (up[labels.job] ?? 0) + 1;
    return up;
  }

  /** Names of all metrics that it has met, those without a value yet included. */
  async names(): Promise<ReadonlySet<string>> {
    const names = await this.get<readonly string[]>('label/__name__/values');
    const families = Object.keys(await this.get<object>('metadata'));
    return new Set([...names, ...families.flatMap((name) => [name, `${name}_total`])]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanup.disposeAsync();
  }
}

interface Target {
  readonly labels: { readonly job: string };
  readonly health: 'up' | 'down' | 'unknown';
}
