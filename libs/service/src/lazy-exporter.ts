import { ExportResultCode, type ExportResult } from '@opentelemetry/core';

/** What sends batches of telemetry. */
interface Exporter<Item> {
  export(items: Item[], done: (result: ExportResult) => void): void;
  shutdown(): Promise<void>;
}

/** An exporter that is loaded when it first has something to send: it is large, and a process is to be ready before. */
export class LazyExporter<Item> implements Exporter<Item> {
  readonly #load: () => Promise<Exporter<Item>>;
  #exporter: Promise<Exporter<Item>> | undefined;

  constructor(load: () => Promise<Exporter<Item>>) {
    this.#load = load;
  }

  export(items: Item[], done: (result: ExportResult) => void): void {
    this.#exporter ??= this.#load();
    this.#exporter
      .then((exporter) => exporter.export(items, done))
      .catch((error: unknown) =>
        done({ code: ExportResultCode.FAILED, error: error instanceof Error ? error : new Error(String(error)) }),
      );
  }

  /** What it has been given has been sent by then. */
  async forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  async shutdown(): Promise<void> {
    const exporter = await this.#exporter?.catch(() => undefined);
    await exporter?.shutdown();
  }
}
