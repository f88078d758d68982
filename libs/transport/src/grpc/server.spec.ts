import { Metadata } from '@grpc/grpc-js';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { ConformanceService } from '@ko/contracts/conformance';
import { Health } from '@ko/contracts/grpc';
import { UserService } from '@ko/contracts/user';
import { createContext, makeEndpoints, StatusError, type Logger } from '@ko/endpoint';
import { connect } from './connect.ts';
import { asIs } from './method.ts';
import { grpcServer, serve } from './server.ts';
import { clientOf, openChannel, startServer } from './testing.ts';

describe('a gRPC server', () => {
  test('says where it listens', async () => {
    const { server } = await startServer();

    expect(server.address).toMatch(/^127\.0\.0\.1:[1-9]\d+$/);
  });

  test('says which address is taken', async () => {
    const { server } = await startServer();

    await expect(grpcServer(server.address).start()).rejects.toThrow(
      `cannot listen on ${server.address}: another process listens there`,
    );
  });

  test('refuses a contract that it does not have, as unimplemented', async () => {
    const { server } = await startServer();
    const users = connect(UserService, openChannel(server.address));

    await expect(users.getUser({}, createContext())).rejects.toMatchObject({ code: 'unimplemented' });
  });

  test('begins calls together that arrive together, though each has a stream of its own', async () => {
    const events: string[] = [];
    const server = grpcServer('127.0.0.1:0');
    const endpoints = makeEndpoints(ConformanceService, () => async () => {
      events.push('begins');
      await Promise.resolve();
      events.push('goes on');
      return {};
    });
    serve(server, ConformanceService, endpoints);
    await server.start();
    onTestFinished(async () => server.stop(0));
    const client = clientOf(openChannel(server.address, { multiplex: false }));
    await client.echo({}, createContext());
    events.length = 0;

    await Promise.all(Array.from({ length: 20 }, () => client.echo({}, createContext())));

    expect(events.slice(0, 2)).toEqual(['begins', 'begins']);
    expect(events).toHaveLength(40);
  });

  test('refuses bytes that are no message', async () => {
    const { server } = await startServer();
    const path = `/${ConformanceService.typeName}/Echo`;

    const error = await raw(server.address, path, Buffer.from([0xff, 0xff]));

    expect(error).toMatchObject({ code: 3, details: 'the request is no ko.conformance.v1.Book' });
  });

  test('refuses messages larger than its limit', async () => {
    const { server } = await startServer({ maxMessageSize: 1_000 });
    const client = clientOf(openChannel(server.address));

    const answer = client.echo({ cover: new Uint8Array(1_001) }, createContext());

    await expect(answer).rejects.toMatchObject({ code: 'resource_exhausted' });
  });

  test('lets a running call finish when it stops, and takes no other', async () => {
    const { server, probe } = await startServer();
    const client = clientOf(openChannel(server.address));
    const arrived = once(probe, 'call');
    const answer = client.wait({ duration: durationFromMs(200) }, createContext());
    await arrived;

    const stopped = server.stop();

    await expect(clientOf(openChannel(server.address)).echo({}, createContext())).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(answer).resolves.toBeDefined();
    await stopped;
  });

  test('cuts calls that outlast the grace', async () => {
    const { server, probe } = await startServer();
    const client = clientOf(openChannel(server.address));
    const arrived = once(probe, 'call');
    const failed = expect(client.wait({}, createContext())).rejects.toMatchObject({ code: 'unavailable' });
    await arrived;

    await server.stop(50);

    await failed;
  });

  test('gives a request a new id when it brings none that fits into a log', async () => {
    const { server, probe } = await startServer();
    const client = clientOf(openChannel(server.address));
    const arrived = once(probe, 'call');

    await client.echo({}, createContext({ requestId: 'two words' }));

    expect(await arrived).toMatchObject([{ requestId: expect.stringMatching(/^[\da-f]{32}$/) as string }]);
  });

  test('logs answers that cannot be sent, and tells the caller nothing', async () => {
    const messages: string[] = [];
    const { log: silent } = createContext();
    const log: Logger = { ...silent, error: (_, message) => messages.push(message) };
    const server = grpcServer('127.0.0.1:0', { log });
    serve(
      server,
      ConformanceService,
      makeEndpoints(ConformanceService, () => async () => ({ count: 'many' })),
    );
    await server.start();
    const client = clientOf(openChannel(server.address));

    const error: unknown = await client.echo({}, createContext()).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'internal', message: 'internal error' });
    expect(messages).toEqual(['the response is no ko.conformance.v1.Book']);
    await server.stop(0);
  });

  test.each([true, false])(
    'sends no headers of a connection, with calls that share a stream: %s',
    async (multiplex) => {
      const server = grpcServer('127.0.0.1:0', { multiplex });
      serve(
        server,
        ConformanceService,
        makeEndpoints(ConformanceService, ({ name }) => async (_, { reply }) => {
          for (const header of ['connection', 'te', 'Transfer-Encoding']) reply.set(header, 'x');
          reply.set('x-mine', 'yes');
          if (name === 'Fail') throw new StatusError('not_found', 'no');
          return {};
        }),
      );
      await server.start();
      onTestFinished(async () => server.stop(0));
      const client = clientOf(openChannel(server.address, { multiplex }));
      const context = createContext({ deadline: Date.now() + 5_000 });

      await client.echo({}, context);
      await expect(client.fail({}, context)).rejects.toMatchObject({ code: 'not_found' });

      expect([...context.reply.keys()].filter((name) => name !== 'x-request-id')).toEqual(['x-mine']);
    },
  );

  test('outlives a question about a service whose name is as long as an error can be', async () => {
    const { server } = await startServer();
    const health = connect(Health, openChannel(server.address, { multiplex: false }));

    for (const length of [4_000, 4_001]) {
      const service = 'x'.repeat(length) + '\u{1f600}'.repeat(200);
      await expect(health.check({ service }, createContext())).rejects.toMatchObject({ code: 'not_found' });
    }
  });
});

function raw(address: string, path: string, bytes: Buffer): Promise<unknown> {
  const { client } = openChannel(address);
  return new Promise((resolve) => client.makeUnaryRequest(path, asIs, asIs, bytes, new Metadata(), {}, resolve));
}
