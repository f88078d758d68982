import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { anyPack, anyUnpack, durationFromMs, durationMs, type Any } from '@bufbuild/protobuf/wkt';
import type { Metadata as GrpcMetadata } from '@grpc/grpc-js';
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RequestInfoSchema,
  RetryInfoSchema,
  StatusSchema,
  type Status,
} from '@ko/contracts/rpc';
import { type Code, deadlineExceeded, type FieldViolation, StatusError, type StatusErrorOptions } from '@ko/endpoint';
import { codeOf, numberOf } from './codes.ts';

const detailsName = 'grpc-status-details-bin';

/** Bytes of details that peers surely take: they travel as a header. */
const maxDetails = 16_384;

/** Characters of a message where it stands without details. */
const maxMessage = maxDetails / 4;

/** What gRPC says of a failed call. */
export interface GrpcStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata: GrpcMetadata;
}

export interface StatusOrigin {
  /** The full name of the contract, which defines the reasons. */
  readonly domain: string;
  readonly requestId: string;
}

/** The failure as gRPC says it; what it says goes into the trailers. */
export function toGrpcStatus(error: StatusError, trailers: GrpcMetadata, origin: StatusOrigin): GrpcStatus {
  const details = detailedStatus(error, origin);
  if (details !== undefined) trailers.set(detailsName, Buffer.from(details));
  return { code: numberOf[error.code], details: shortMessage(error), metadata: trailers };
}

/** The failure as a `google.rpc.Status`; without details where gRPC cannot take them. */
export function toStatusBytes(error: StatusError, origin: StatusOrigin): Uint8Array {
  const code = numberOf[error.code];
  return (
    detailedStatus(error, origin) ??
    toBinary(StatusSchema, create(StatusSchema, { code, message: shortMessage(error) }))
  );
}

/** A message of which every part can be sent, though it may be cut within a character. */
function shortMessage({ message }: StatusError): string {
  return message.slice(0, maxMessage).toWellFormed();
}

/** The failure with all that it tells; undefined where that is too large, or is nothing that can be sent. */
function detailedStatus(error: StatusError, origin: StatusOrigin): Uint8Array | undefined {
  try {
    const bytes = toBinary(StatusSchema, statusMessage(error, origin));
    return bytes.byteLength <= maxDetails ? bytes : undefined;
  } catch {
    // How a call has failed must not be lost over what explains it.
    return undefined;
  }
}

/** The failure that a `google.rpc.Status` tells. */
export function fromStatusBytes(bytes: Uint8Array): StatusError {
  try {
    const status = fromBinary(StatusSchema, bytes);
    return errorOf(codeOf(status.code), status);
  } catch (cause) {
    return new StatusError('unknown', 'the failure cannot be read', { cause });
  }
}

/** The failure that gRPC reports of a call that its caller has not cancelled; `callee` names who failed where gRPC's own words would say too much. */
export function fromGrpcStatus(status: GrpcStatus, callee: string): StatusError {
  const code = codeOf(status.code);
  const reported = reportedError(code, status);
  if (reported !== undefined) return reported;
  if (code === 'deadline_exceeded') return deadlineExceeded(status);
  // A connection that the callee cuts looks like a call that it cancels.
  if (code === 'unavailable' || code === 'cancelled') {
    return new StatusError('unavailable', `${callee} cannot be reached`, { reason: 'UNREACHABLE', cause: status });
  }
  return new StatusError(code, status.details, { cause: status });
}

function statusMessage(error: StatusError, { domain, requestId }: StatusOrigin): Status {
  const { reason, metadata, violations, retryAfter } = error;
  const details = [pack(RequestInfoSchema, { requestId })];
  if (reason !== undefined || Object.keys(metadata).length > 0) {
    details.push(pack(ErrorInfoSchema, { reason: reason ?? '', domain, metadata: { ...metadata } }));
  }
  if (violations.length > 0) {
    const fieldViolations = violations.map(({ field, description, rule = '' }) => ({
      field,
      description,
      reason: rule,
    }));
    details.push(pack(BadRequestSchema, { fieldViolations }));
  }
  if (retryAfter !== undefined)
    details.push(pack(RetryInfoSchema, { retryDelay: durationFromMs(Math.ceil(retryAfter)) }));
  return create(StatusSchema, { code: numberOf[error.code], message: error.message.toWellFormed(), details });
}

function pack<M extends DescMessage>(schema: M, init: MessageInitShape<M>): Any {
  return anyPack(schema, create(schema, init));
}

/** The error that the details of a status tell, if it has any. */
function reportedError(code: Code, status: GrpcStatus): StatusError | undefined {
  const [bytes] = status.metadata.get(detailsName);
  if (!Buffer.isBuffer(bytes)) return undefined;
  try {
    return errorOf(code, fromBinary(StatusSchema, bytes), status);
  } catch {
    // Details explain a failure: malformed ones must not replace it.
    return undefined;
  }
}

function errorOf(code: Code, { message, details }: Status, cause?: unknown): StatusError {
  return new StatusError(code, message, { ...optionsOf(details), cause });
}

function optionsOf(details: readonly Any[]): StatusErrorOptions {
  const info = unpack(details, ErrorInfoSchema);
  const retry = unpack(details, RetryInfoSchema)?.retryDelay;
  const violations = unpack(details, BadRequestSchema)?.fieldViolations ?? [];
  return {
    ...(info !== undefined && info.reason !== '' && { reason: info.reason }),
    ...(info !== undefined && { metadata: info.metadata }),
    ...(retry !== undefined && { retryAfter: durationMs(retry) }),
    violations: violations.map(({ field, description, reason: rule }): FieldViolation => {
      return { field, description, ...(rule !== '' && { rule }) };
    }),
  };
}

function unpack<M extends DescMessage>(details: readonly Any[], schema: M): MessageShape<M> | undefined {
  return details.map((detail) => anyUnpack(detail, schema)).find((message) => message !== undefined);
}
