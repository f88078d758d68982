import { create, toJson, type DescMessage, type JsonObject, type MessageInitShape } from '@bufbuild/protobuf';
import type { Binding } from './binding.ts';

/** Writes the answers of a route as JSON: every field that is not absent, also those that have their default. */
export function responseEncoder({ method: { output }, responseBody }: Binding): (response: unknown) => string {
  return (response) => {
    const message = create(output, response as MessageInitShape<DescMessage>);
    const json = toJson(output, message, { alwaysEmitImplicit: true });
    return JSON.stringify(responseBody === undefined ? json : ((json as JsonObject)[responseBody.jsonName] ?? null));
  };
}
