import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { Server, ServerCredentials, type ServerDuplexStream, type ServerOptions } from '@grpc/grpc-js';
import { ConformanceService } from '@ko/contracts/conformance';
import { BatchSchema, type FrameSchema, MultiplexService, type Frame } from '@ko/contracts/transport';
import { expect, onTestFinished, vi } from 'vitest';
import { conformance } from '../../conformance/implementation.ts';
import { handlersOf, routesOf } from '../handlers.ts';
import { definitionOf } from '../method.ts';
import type { GrpcChannel } from '../channel.ts';
import { createContext } from '@ko/endpoint';

export type ServerStream = ServerDuplexStream<Buffer, Buffer>;

/** Resolves when the calls of a channel share a stream. */
export async function multiplexed(channel: GrpcChannel): Promise<void> {
  await vi.waitFor(() => expect(channel.multiplexed).toBeDefined());
}

/** A batch as any other implementation of the protocol writes it. */
export function batchOf(...frames: MessageInitShape<typeof FrameSchema>[]): Buffer {
  return Buffer.from(toBinary(BatchSchema, create(BatchSchema, { frames })));
}

export function framesOf(bytes: Buffer): readonly Frame[] {
  return fromBinary(BatchSchema, bytes).frames;
}

/** Another implementation of the conformance service, whose multiplexed streams are answered by the test. */
export async function foreignServer(
  exchange: (stream: ServerStream) => void,
  options?: ServerOptions,
): Promise<string> {
  const server = new Server(options);
  const { endpoints } = conformance();
  const routes = routesOf(ConformanceService, endpoints, createContext().log);
  const definition = Object.fromEntries(ConformanceService.methods.map((each) => [each.name, definitionOf(each)]));
  server.addService(definition, handlersOf(routes));
  server.addService({ Exchange: definitionOf(MultiplexService.method.exchange) }, { Exchange: exchange });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  onTestFinished(() => server.forceShutdown());
  return `127.0.0.1:${String(port)}`;
}
