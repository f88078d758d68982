import { createRegistry, toBinary, type DescFile, type DescService, type Registry } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { ServerReflection, ServerReflectionV1Alpha } from '@ko/contracts/grpc';
import type { Endpoints } from '@ko/endpoint';
import { numberOf } from './codes.ts';

/** Tells callers which contracts a server has, so that they can call it without having them. */
export class Reflection {
  readonly v1: Endpoints<typeof ServerReflection> = {
    serverReflectionInfo: async (requests) => this.#answers(requests),
  };
  readonly v1alpha: Endpoints<typeof ServerReflectionV1Alpha> = {
    serverReflectionInfo: async (requests) => this.#answers(requests),
  };
  readonly #services: string[] = [];
  readonly #files = new Map<string, DescFile>();
  #registry: Registry = createRegistry();

  add(contract: DescService): void {
    this.#services.push(contract.typeName);
    for (const file of withImports(contract.file)) this.#files.set(file.proto.name, file);
    this.#registry = createRegistry(...this.#files.values());
  }

  async *#answers<Q extends Question>(requests: AsyncIterable<Q>) {
    for await (const request of requests) {
      const messageResponse = this.#answer(request.messageRequest);
      yield { validHost: request.host, originalRequest: request, messageResponse };
    }
  }

  #answer(question: Question['messageRequest']) {
    switch (question.case) {
      case 'listServices':
        return {
          case: 'listServicesResponse' as const,
          value: { service: this.#services.map((name) => ({ name })) },
        };
      case 'fileByFilename':
        return filesResponse(this.#files.get(question.value), question.value);
      case 'fileContainingSymbol':
        return filesResponse(this.#fileOf(question.value), question.value);
      case 'fileContainingExtension': {
        const { containingType, extensionNumber } = question.value;
        const message = this.#registry.getMessage(containingType);
        const extension = message && this.#registry.getExtensionFor(message, extensionNumber);
        return filesResponse(extension?.file, `extension ${String(extensionNumber)} of ${containingType}`);
      }
      case 'allExtensionNumbersOfType':
        return this.#extensionsOf(question.value);
      default:
        return failure('invalid_argument', 'ask for something');
    }
  }

  #extensionsOf(type: string) {
    if (this.#registry.getMessage(type) === undefined) return failure('not_found', `there is no ${type}`);
    const extensions = [...this.#registry].filter((each) => each.kind === 'extension');
    const extensionNumber = extensions.filter((each) => each.extendee.typeName === type).map((each) => each.number);
    return { case: 'allExtensionNumbersResponse' as const, value: { baseTypeName: type, extensionNumber } };
  }

  /** Fields, methods and enum values are found by what they belong to. */
  #fileOf(symbol: string): DescFile | undefined {
    const parent = symbol.slice(0, Math.max(symbol.lastIndexOf('.'), 0));
    return this.#registry.get(symbol)?.file ?? (parent === '' ? undefined : this.#fileOf(parent));
  }
}

/** A request in any version of the protocol: they differ in their name only. */
interface Question {
  readonly host: string;
  readonly messageRequest:
    | { readonly case: 'fileByFilename' | 'fileContainingSymbol'; readonly value: string }
    | { readonly case: 'allExtensionNumbersOfType' | 'listServices'; readonly value: string }
    | { readonly case: 'fileContainingExtension'; readonly value: ExtensionName }
    | { readonly case: undefined };
}

interface ExtensionName {
  readonly containingType: string;
  readonly extensionNumber: number;
}

function filesResponse(file: DescFile | undefined, asked: string) {
  if (file === undefined) return failure('not_found', `there is no ${asked}`);
  const fileDescriptorProto = withImports(file).map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
  return { case: 'fileDescriptorResponse' as const, value: { fileDescriptorProto } };
}

function failure(code: keyof typeof numberOf, errorMessage: string) {
  return { case: 'errorResponse' as const, value: { errorCode: numberOf[code], errorMessage } };
}

/** The file, and all that it imports, once each. */
function withImports(file: DescFile): readonly DescFile[] {
  const files = new Set([file]);
  // A set that grows is iterated to its new end.
  for (const each of files) for (const dependency of each.dependencies) files.add(dependency);
  return [...files];
}
