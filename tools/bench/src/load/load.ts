import { setTimeout as delay } from 'node:timers/promises';
import { Connection, type ConnectionListener } from './connection.ts';
import { Histogram } from './histogram.ts';
import type { Job, LoadResult } from './job.ts';

/** Connections opened at once: a server takes no more than its backlog. */
const batch = 100;

/** Milliseconds between two looks at what is due. */
const tick = 1;

/** Milliseconds until a connection that failed is tried again, so that a server that is down is not stormed. */
const pause = 50;

/** Sends the requests of a job, and measures the answers. */
export class Load implements ConnectionListener {
  readonly #job: Job;
  readonly #requests: readonly Buffer[];
  readonly #connections: readonly Connection[];
  readonly #histogram = new Histogram();
  readonly #errors: Record<string, number> = {};
  #sent = 0;
  #isOver = false;

  constructor(job: Job) {
    this.#job = job;
    this.#requests = job.requests.map((request) => Buffer.from(request));
    this.#connections = Array.from({ length: job.connections }, () => new Connection(job.port, this));
  }

  /** Opens all connections. */
  async open(): Promise<void> {
    for (let start = 0; start < this.#connections.length; start += batch) {
      await Promise.all(this.#connections.slice(start, start + batch).map((connection) => connection.open()));
    }
  }

  /** Does the job; `begins` is called when the warm-up is over. The connections are closed in the end. */
  async run(begins: () => void): Promise<LoadResult> {
    const { rate, warmUp, seconds } = this.#job;
    const expiry = setInterval(() => this.#expire(), 1_000);
    const pacer = rate === undefined ? undefined : this.#pace(rate);
    if (rate === undefined) for (const connection of this.#connections) this.#next(connection);

    await delay(warmUp * 1_000);
    this.#histogram.reset();
    begins();
    const start = performance.now();
    const used = process.cpuUsage();
    await delay(seconds * 1_000);
    const { user, system } = process.cpuUsage(used);
    const result = this.#result(performance.now() - start, user + system);

    this.#isOver = true;
    clearInterval(pacer);
    clearInterval(expiry);
    return result;
  }

  close(): void {
    this.#isOver = true;
    for (const connection of this.#connections) connection.close();
  }

  answered(connection: Connection, status: number): void {
    const now = performance.now();
    if (status === (this.#job.status ?? 200)) this.#histogram.record((now - connection.due) * 1_000);
    else this.#count(String(status));
    if (this.#job.rate === undefined) this.#next(connection, now);
  }

  failed(connection: Connection, reason: string): void {
    if (this.#isOver) return;
    this.#count(reason);
    if (this.#job.rate === undefined) setTimeout(() => this.#next(connection), pause);
  }

  #next(connection: Connection, now = performance.now()): void {
    if (this.#isOver) return;
    const request = this.#requests[this.#sent % this.#requests.length];
    this.#sent += 1;
    if (request !== undefined) connection.send(request, now);
  }

  /** Sends each request when it is due, on the connection whose turn it is, or on the next one that is free. */
  #pace(rate: number): NodeJS.Timeout {
    const interval = 1_000 / rate;
    let due = performance.now();
    let turn = 0;
    return setInterval(() => {
      for (const now = performance.now(); due <= now; due += interval) {
        const from = turn;
        do turn = (turn + 1) % this.#connections.length;
        while (this.#connections[turn]?.isBusy === true && turn !== from);
        const connection = this.#connections[turn];
        if (connection === undefined || connection.isBusy) this.#count('no connection is free');
        else this.#next(connection, due);
      }
    }, tick);
  }

  #expire(): void {
    const now = performance.now();
    for (const connection of this.#connections) connection.expire(now);
  }

  #count(reason: string): void {
    this.#errors[reason] = (this.#errors[reason] ?? 0) + 1;
  }

  #result(milliseconds: number, cpu: number): LoadResult {
    const of = (share: number) => this.#histogram.quantile(share) / 1_000;
    return {
      seconds: milliseconds / 1_000,
      requests: this.#histogram.total,
      p50: of(0.5),
      p99: of(0.99),
      p999: of(0.999),
      max: this.#histogram.max / 1_000,
      cpu: cpu / Math.max(1, this.#histogram.total),
      errors: this.#errors,
    };
  }
}
