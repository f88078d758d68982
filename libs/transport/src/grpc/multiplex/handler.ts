import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Logger } from '@ko/endpoint';
import type { Route } from '../handlers.ts';
import { Callee } from './callee.ts';

/** Answers the multiplexed streams of a server. */
export class MultiplexHandler {
  readonly #routes = new Map<string, Route>();
  readonly #streams = new Set<Callee>();
  readonly #log: Logger;
  #isDraining = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Adds the methods that can share a stream. */
  add(routes: readonly Route[]): void {
    for (const route of routes) {
      const { method } = route;
      if (method.methodKind === 'unary') this.#routes.set(`${method.parent.typeName}/${method.name}`, route);
    }
  }

  /** Serves the calls that a stream brings. */
  readonly handle = (stream: ServerDuplexStream<Buffer, Buffer>): void => {
    const callee: Callee = new Callee(stream, {
      routes: this.#routes,
      log: this.#log,
      over: () => this.#streams.delete(callee),
    });
    this.#streams.add(callee);
    if (this.#isDraining) callee.drain();
  };

  /** Asks all callers for no more calls. Those that come all the same are served. */
  drain(): void {
    this.#isDraining = true;
    for (const callee of this.#streams) callee.drain();
  }
}
