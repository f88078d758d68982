import { setTimeout as pause } from 'node:timers/promises';
import { create } from '@bufbuild/protobuf';
import { BookSchema, ConformanceService } from '@ko/contracts/conformance';
import { codes, StatusError, type Context, type Endpoints } from '@ko/endpoint';
import Fastify, { type FastifyInstance } from 'fastify';
import { mount, type MountOptions } from '../mount.ts';
import { problems } from '../problems.ts';
import { serverOptions } from '../server-options.ts';

export type Conformance = Endpoints<typeof ConformanceService>;

/** A server of the conformance contract, whose endpoints a test may replace. It is not listening. */
export function echoServer(endpoints: Partial<Conformance> = {}, options: MountOptions = {}): FastifyInstance {
  const app = Fastify(serverOptions);
  problems(app, { docs: '/docs' });
  mount(app, ConformanceService, { ...echo, ...endpoints }, options);
  return app;
}

/** What the server decoded and sent back: the answer to a request that has to succeed. */
export async function echoed(
  app: FastifyInstance,
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  payload?: object,
): Promise<unknown> {
  const response = await app.inject({ method, url, ...(payload && { payload }) });
  if (response.statusCode !== 200) throw new Error(`${response.statusCode}: ${response.body}`);
  return response.json();
}

/** An endpoint that answers only when its caller gives up, and then fails with the reason. */
export async function untilAborted(_: unknown, { signal }: Context): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return promise;
}

const echo: Conformance = {
  echo: async (book) => book,
  fail: async ({ code, message, reason, metadata, violations }) => {
    const name = codes[code - 1];
    if (name === undefined) throw new Error(message);
    const faults = violations.map((field) => ({ field, description: `${field} is wrong`, rule: 'test' }));
    throw new StatusError(name, message, { ...(reason !== '' && { reason }), metadata, violations: faults });
  },
  wait: untilAborted,
  returnMetadata: async (_, { metadata, reply }) => {
    for (const [name, value] of Object.entries(metadata)) reply.set(name, value);
    return { metadata };
  },
  download: async ({ count, failWith, pause: between }, { signal }) =>
    (async function* () {
      for (let number = 1; number <= count; number++) {
        if (between !== undefined)
          await pause(Number(between.seconds) * 1000 + between.nanos / 1e6, undefined, { signal });
        yield create(BookSchema, { name: `books/${number}`, count: number });
      }
      const code = codes[failWith - 1];
      if (code !== undefined) throw new StatusError(code, 'the download fails');
    })(),
  upload: async () => ({}),
  exchange: async (books) => books,
};
