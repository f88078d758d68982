import { createFileRegistry, fromBinary, getOption, hasOption, create } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import { ConformanceService } from '@ko/contracts/conformance';
import { ServerReflection, ServerReflectionV1Alpha } from '@ko/contracts/grpc';
import { http } from '@ko/contracts/http';
import { createContext } from '@ko/endpoint';
import { collect, streamOf } from '../conformance/connection.ts';
import { connect } from './connect.ts';
import { openChannel, startServer } from './testing.ts';

type Question = Parameters<typeof ask>[1];

describe('reflection', () => {
  test('lists the services', async () => {
    const { server } = await startServer();

    const answer = await ask(server.address, { case: 'listServices', value: '' });

    expect(answer).toMatchObject({ case: 'listServicesResponse' });
    expect(answer.value).toHaveProperty(
      'service',
      expect.arrayContaining([expect.objectContaining({ name: ConformanceService.typeName })]),
    );
  });

  test.for<Question>([
    { case: 'fileContainingSymbol', value: 'ko.conformance.v1.ConformanceService' },
    { case: 'fileContainingSymbol', value: 'ko.conformance.v1.ConformanceService.Echo' },
    { case: 'fileContainingSymbol', value: 'ko.conformance.v1.Book.Author.name' },
    { case: 'fileByFilename', value: 'ko/conformance/v1/conformance.proto' },
  ])('finds the file by $case $value, with all that it imports and its options', async (question) => {
    const { server } = await startServer();

    const answer = await ask(server.address, question);

    if (answer.case !== 'fileDescriptorResponse') throw new Error(`got ${String(answer.case)}`);
    const file = answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: file.toReversed() }));
    const echo = registry.getService(ConformanceService.typeName)?.method.echo;
    expect(echo && hasOption(echo, http) && getOption(echo, http).pattern.value).toBe('/v1/conformance:echo');
  });

  test('finds extensions', async () => {
    const { server } = await startServer();
    const extendee = 'google.protobuf.MethodOptions';

    const file = await ask(server.address, {
      case: 'fileContainingExtension',
      value: { containingType: extendee, extensionNumber: http.number },
    });
    const numbers = await ask(server.address, { case: 'allExtensionNumbersOfType', value: extendee });

    expect(file.case).toBe('fileDescriptorResponse');
    expect(numbers.value).toHaveProperty('extensionNumber', expect.arrayContaining([http.number]));
  });

  test('says what there is not', async () => {
    const { server } = await startServer();

    const answer = await ask(server.address, { case: 'fileContainingSymbol', value: 'none.at.All' });

    expect(answer).toMatchObject({
      case: 'errorResponse',
      value: { errorCode: 5, errorMessage: 'there is no none.at.All' },
    });
  });

  test('answers callers of the older protocol', async () => {
    const { server } = await startServer();
    const reflection = connect(ServerReflectionV1Alpha, openChannel(server.address));
    const question = { messageRequest: { case: 'listServices' as const, value: '' } };

    const [answer] = await collect(await reflection.serverReflectionInfo(streamOf(question), createContext()));

    expect(answer?.messageResponse.case).toBe('listServicesResponse');
  });
});

async function ask(
  address: string,
  messageRequest:
    | { case: 'listServices' | 'fileContainingSymbol' | 'fileByFilename' | 'allExtensionNumbersOfType'; value: string }
    | { case: 'fileContainingExtension'; value: { containingType: string; extensionNumber: number } },
) {
  const reflection = connect(ServerReflection, openChannel(address));
  const answers = await reflection.serverReflectionInfo(streamOf({ messageRequest }), createContext());
  const [answer] = await collect(answers);
  if (answer === undefined) throw new Error('no answer');
  return answer.messageResponse;
}
