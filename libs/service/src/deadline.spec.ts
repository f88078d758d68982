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
import { clientMiddleware, serverMiddleware } from './onion.ts';
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
async function clientOf({ address }: Process, telemetry: Telemetry): Promise<Client<typeof ConformanceService>> {
  const channel = grpcChannel(address);
  onTestFinished(() => channel.close());
  await promisify(channel.client.waitForReady.bind(channel.client))(Date.now() + 10_000);
  return wrapClient(ConformanceService, connect(ConformanceService, channel), clientMiddleware({ telemetry }));
}

function telemetryOf(): Telemetry {
  return createTelemetry('test', parseConfig(processConfig, { LOG_LEVEL: 'silent' }));
}

/** Calls at work, as the metrics of a process say. */
async function inFlight({ metrics }: Telemetry): Promise<readonly number[]> {
  const text = await metrics.metrics();
  return [...text.matchAll(/^rpc_\w+_in_flight{.*} (\d+)$/gm)].map(([, count]) => Number(count));
}

// Again where the machine was busy with something else: then a hop in front may run out of time first.
test('a deadline ends all hops, names the one that was too slow, and leaves no work behind', { retry: 2 }, async () => {
  const stuck = Promise.withResolvers<AbortSignal>();
  const [edge, relay] = [telemetryOf(), telemetryOf()];
  const inner = await processOf(telemetryOf(), ({ signal }) => {
    stuck.resolve(signal);
    return new Promise(() => {});
  });
  const toInner = await clientOf(inner, relay);
  const middle = await processOf(relay, (context) => toInner.fail({}, context));
  const toMiddle = await clientOf(middle, edge);
  const since = performance.now();

  const answer = toMiddle.echo(
    {},
    createContext({ deadline: Date.now() + 300, metadata: { authorization: 'Bearer x' } }),
  );

  const error = await answer.catch((thrown: unknown) => StatusError.from(thrown));
  expect(error).toMatchObject({
    code: 'deadline_exceeded',
    reason: 'DEADLINE_EXCEEDED',
    metadata: { method: 'ko.conformance.v1.ConformanceService/Fail' },
    message: expect.stringMatching(/ConformanceService\/Fail took longer than the \d+ ms it had/) as string,
  });
  expect(performance.now() - since).toBeLessThan(2_000);
  const signal = await stuck.promise;
  if (!signal.aborted) await once(signal, 'abort');
  expect(signal.reason).toMatchObject({ code: 'deadline_exceeded', reason: 'DEADLINE_EXCEEDED' });
  await expect.poll(() => Promise.all([edge, relay, inner.telemetry].map(inFlight))).toEqual([[0], [0, 0], [0]]);
});
