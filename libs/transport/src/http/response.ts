import { create, toJson, type DescMessage, type JsonObject, type MessageInitShape } from '@bufbuild/protobuf';
import { jsonWriterOf } from '../codec/json-writer.ts';
import type { Binding } from './binding.ts';

/** Writes the answers of a route as JSON: every field that is not absent, also those that have their default. */
export function responseEncoder({ method: { output }, responseBody }: Binding): (response: unknown) => string {
  const write = jsonWriterOf(output);
  const messageOf = (response: unknown) => create(output, response as MessageInitShape<DescMessage>);
  if (responseBody === undefined) return (response) => write(messageOf(response));

  return (response) => {
    const json = toJson(output, messageOf(response), { alwaysEmitImplicit: true }) as JsonObject;
    return JSON.stringify(json[responseBody.jsonName] ?? null);
  };
}
