import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { ConformanceService } from '@ko/contracts/conformance';
import { Frame_Kind as Kind, MultiplexService } from '@ko/contracts/transport';
import { createContext } from '@ko/endpoint';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { asIs } from '../method.ts';
import { clientOf, openChannel, startServer } from '../testing.ts';
import { maxCalls } from './limits.ts';
import { batchOf, framesOf, multiplexed } from './testing.ts';

const path = `/${MultiplexService.typeName}/Exchange`;

describe('a server', () => {
  /** A stream as any other implementation of the protocol opens it. */
  async function foreignStream(address: string) {
    const { client } = openChannel(address, { multiplex: false });
    const stream = client.makeBidiStreamRequest<Buffer, Buffer>(path, asIs, asIs, new Metadata(), {});
    // Cancelling it is an error to grpc-js.
    stream.on('error', () => undefined);
    onTestFinished(() => stream.cancel());
    const [first] = (await once(stream, 'data')) as [Buffer];
    return { stream, first: framesOf(first) };
  }

  test('says how many calls it takes, and refuses what is more', async () => {
    const { server } = await startServer();
    const { stream, first } = await foreignStream(server.address);
    const method = `${ConformanceService.typeName}/Wait`;
    const requests = Array.from({ length: maxCalls + 1 }, (_, n) => ({ kind: Kind.REQUEST, call: n + 1, method }));

    stream.write(batchOf(...requests));
    const [answer] = (await once(stream, 'data')) as [Buffer];

    expect(first).toMatchObject([{ kind: Kind.SETTINGS, maxCalls }]);
    expect(framesOf(answer)).toMatchObject([{ kind: Kind.FAILURE, call: maxCalls + 1, status: { code: 8 } }]);
  });

  test('refuses a method that it does not have, and a number that is in use', async () => {
    const { server } = await startServer();
    const { stream } = await foreignStream(server.address);
    const method = `${ConformanceService.typeName}/Wait`;

    stream.write(batchOf({ kind: Kind.REQUEST, call: 1, method: 'a.B/C' }));
    const [unknown] = (await once(stream, 'data')) as [Buffer];
    stream.write(batchOf({ kind: Kind.REQUEST, call: 2, method }, { kind: Kind.REQUEST, call: 2, method }));
    const [error] = (await once(stream, 'error')) as [ServiceError];

    expect(framesOf(unknown)).toMatchObject([{ kind: Kind.FAILURE, call: 1, status: { code: 12 } }]);
    expect(error.code).toBe(status.INVALID_ARGUMENT);
  });

  test('ends a stream that brings no frames, and its calls; others go on', async () => {
    const { server, probe } = await startServer();
    const { stream } = await foreignStream(server.address);
    const other = openChannel(server.address);
    await multiplexed(other);
    const arrived = once(probe, 'call');
    stream.write(batchOf({ kind: Kind.REQUEST, call: 1, method: `${ConformanceService.typeName}/Wait` }));
    const [{ signal }] = (await arrived) as [{ signal: AbortSignal }];

    stream.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    const [error] = (await once(stream, 'error')) as [ServiceError];

    expect(error).toMatchObject({ code: status.INVALID_ARGUMENT, details: 'this is no batch of frames' });
    expect(signal.aborted).toBe(true);
    await expect(clientOf(other).echo({ count: 3 }, createContext())).resolves.toMatchObject({ count: 3 });
  });

  test('serves nothing that comes after what is no batch', async () => {
    const { server, probe } = await startServer();
    const { stream } = await foreignStream(server.address);
    const served: unknown[] = [];
    probe.on('call', (context) => served.push(context));
    const method = `${ConformanceService.typeName}/Wait`;

    stream.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    for (let call = 1; call <= 20; call++) stream.write(batchOf({ kind: Kind.REQUEST, call, method }));
    await once(stream, 'error');
    await delay(50);

    expect(served).toEqual([]);
  });

  test.each([
    { timeout: 40, code: 'deadline_exceeded' },
    { timeout: 10_000, code: 'cancelled' },
  ])('takes a caller who goes $timeout ms before the deadline as $code', async ({ timeout, code }) => {
    const { server, probe } = await startServer();
    const { stream } = await foreignStream(server.address);
    const arrived = once(probe, 'call');
    const method = `${ConformanceService.typeName}/Wait`;
    stream.write(batchOf({ kind: Kind.REQUEST, call: 1, method, timeoutMs: timeout }));
    const [{ signal }] = (await arrived) as [{ signal: AbortSignal }];

    stream.write(batchOf({ kind: Kind.CANCEL, call: 1 }));
    if (!signal.aborted) await once(signal, 'abort');

    expect(signal.reason).toMatchObject({ code });
  });

  test('passes over what it does not know, from a caller of a newer version', async () => {
    const { server } = await startServer();
    const { stream } = await foreignStream(server.address);
    const method = `${ConformanceService.typeName}/Echo`;

    stream.write(batchOf({ kind: 99 as Kind, call: 9 }, { kind: Kind.REQUEST, call: 1, method }));
    const [answer] = (await once(stream, 'data')) as [Buffer];

    expect(framesOf(answer)).toMatchObject([{ kind: Kind.RESPONSE, call: 1 }]);
  });

  test('gives a sign of life when it is asked for one', async () => {
    const { server } = await startServer();
    const { stream } = await foreignStream(server.address);

    stream.write(batchOf({ kind: Kind.PING }));
    const [answer] = (await once(stream, 'data')) as [Buffer];

    expect(framesOf(answer)).toMatchObject([{ kind: Kind.PONG }]);
  });

  test('does not multiplex when it is told not to', async () => {
    const { server } = await startServer({ multiplex: false });
    const { client } = openChannel(server.address, { multiplex: false });

    const stream = client.makeBidiStreamRequest<Buffer, Buffer>(path, asIs, asIs, new Metadata(), {});
    stream.resume();
    const [error] = (await once(stream, 'error')) as [ServiceError];

    expect(error.code).toBe(status.UNIMPLEMENTED);
  });
});
