import type { DescMethod } from '@bufbuild/protobuf';

/** What logs, spans and messages call a method: `ko.user.v1.UserService/GetUser`. */
export function nameOf(method: DescMethod): string {
  return `${method.parent.typeName}/${method.name}`;
}
