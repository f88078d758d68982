import { type DescFile, type DescMessage } from '@bufbuild/protobuf';
import {
  file_google_protobuf_any,
  file_google_protobuf_descriptor,
  file_google_protobuf_duration,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_type,
  file_google_protobuf_wrappers,
} from '@bufbuild/protobuf/wkt';
import { BookSchema } from '@ko/contracts/conformance';
import { OrderSchema } from '@ko/contracts/order';
import { BadRequestSchema, StatusSchema } from '@ko/contracts/rpc';
import { UserSchema } from '@ko/contracts/user';
import { kinds } from './kinds.ts';

const files: readonly DescFile[] = [
  ...[UserSchema, OrderSchema, BookSchema, StatusSchema, BadRequestSchema].map(({ file }) => file),
  file_google_protobuf_any,
  file_google_protobuf_descriptor,
  file_google_protobuf_duration,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_type,
  file_google_protobuf_wrappers,
];

/** The messages of the contracts and of protobuf itself, and those that have all kinds of fields. */
export const schemas: readonly DescMessage[] = [...files.flatMap(({ messages }) => messages), ...kinds];
