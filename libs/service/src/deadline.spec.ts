import { once } from 'node:events';
import { promisify } from 'node:util';
import { ConformanceService } from '@ko/contracts/conformance';
import {
  createContext,
  makeEndpoints,
  StatusError,
  wrap,
  wrapClient,
  type Authenticated,
  type Client,
  type Context,
} from '@ko/endpoint';
import type { Scheme } from '@ko/middleware';
import { connect, grpcChannel, grpcServer, serve } from '@ko/transport';
import { expect, onTestFinished, test } from 'vitest';
import { parseConfig, processConfig } from './config.ts';
import { clientMiddleware, serverMiddleware, type ClientOptions } from './onion.ts';
import { createTelemetry, type Telemetry } from './telemetry.ts';

const anybody: Scheme = { name: 'Bearer', authenticate: async () => ({ subject: 'users/ada', roles: [] }) };

interface Process {
  readonly telemetry: Telemetry;
  readonly address: string;
}

/** A process that answers like this. */
async function processOf(telemetry: Telemetry, answer: (context: Context) => Promise<object>): Promise<Process> {
  const server = grpcServer('127.0.0.1:0');
  const endpoints = makeEndpoints<typeof ConformanceService, Context & Authenticated>(
    ConformanceService,
    () => async (_, context) => answer(context),
  );
  const onion = serverMiddleware({ telemetry, schemes: [anybody] });
  serve(server, ConformanceService, wrap(ConformanceService, endpoints, onion));
  await server.start();
  onTestFinished(async () => server.stop(0));
  return { telemetry, address: server.address };
}

/** What a process calls another one by, connected. */
async function clientOf({ address }: Process, options: ClientOptions): Promise<Client<typeof ConformanceService>> {
  const channel = grpcChannel(address);
  onTestFinished(() => channel.close());
  await promisify(channel.client.waitForReady.bind(channel.client))(Date.now() + 10_000);
  return wrapClient(ConformanceService, connect(ConformanceService, channel), clientMiddleware(options));
}

function telemetryOf(): Telemetry {
  return createTelemetry('test', parseConfig(processConfig, { LOG_LEVEL: 'silent' }));
}

/** Calls at work, as the metrics of a process say. */
async function inFlight({ metrics }: Telemetry): Promise<readonly number[]> {
  const text = await metrics.metrics();
  return [...text.matchAll(/^rpc_\w+_in_flight{.*} (\d+)$/gm)].map(([, count]) => Number(count));
}

/** A chain of three: the edge calls a relay, which calls a process that never answers. */
async function chainOf(relayed: Partial<ClientOptions> = {}) {
  const stuck = Promise.withResolvers<AbortSignal>();
  const [edge, relay] = [telemetryOf(), telemetryOf()];
  const inner = await processOf(telemetryOf(), ({ signal }) => {
    stuck.resolve(signal);
    return new Promise(() => {});
  });
  const toInner = await clientOf(inner, { telemetry: relay, ...relayed });
  const middle = await processOf(relay, (context) => toInner.fail({}, context));
  const toMiddle = await clientOf(middle, { telemetry: edge });
  return {
    signal: stuck.promise,
    telemetries: [edge, relay, inner.telemetry],
    /** Rejects with what the edge hears, if it gives the call this many milliseconds. */
    call: async (timeout: number) => {
      const context = createContext({ deadline: Date.now() + timeout, metadata: { authorization: 'Bearer x' } });
      await toMiddle.echo({}, context).catch((thrown: unknown) => Promise.reject(StatusError.from(thrown)));
    },
  };
}

test('a deadline ends all hops, and leaves no work behind', async () => {
  const { call, signal, telemetries } = await chainOf();
  const since = performance.now();

  await expect(call(1_000)).rejects.toMatchObject({ code: 'deadline_exceeded', reason: 'DEADLINE_EXCEEDED' });

  expect(performance.now() - since).toBeLessThan(3_000);
  const stuck = await signal;
  if (!stuck.aborted) await once(stuck, 'abort');
  expect(stuck.reason).toMatchObject({ code: 'deadline_exceeded', reason: 'DEADLINE_EXCEEDED' });
  await expect.poll(() => Promise.all(telemetries.map(inFlight))).toEqual([[0], [0, 0], [0]]);
});

// The relay gives up long before the edge does: what is kept for the way back is milliseconds, which a busy machine may not have.
test('the hop that was too slow is named, to all in front of it', async () => {
  const { call } = await chainOf({ maxDeadline: 300 });

  await expect(call(10_000)).rejects.toMatchObject({
    code: 'deadline_exceeded',
    reason: 'DEADLINE_EXCEEDED',
    metadata: { method: 'ko.conformance.v1.ConformanceService/Fail' },
    message: expect.stringMatching(/ConformanceService\/Fail took longer than the \d+ ms it had/) as string,
  });
});
