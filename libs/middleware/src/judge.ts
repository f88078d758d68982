import { create, isMessage, type DescMessage } from '@bufbuild/protobuf';
import { pathToString } from '@bufbuild/protobuf/reflect';
import { createValidator, type Violation } from '@bufbuild/protovalidate';
import { StatusError, type FieldViolation } from '@ko/endpoint';

/** Knows all rules there are, and says what is wrong with a message. It takes its time to load, and to read rules. */
export class Judge {
  readonly #validator = createValidator();

  /** Reads the rules of a message. Throws when they cannot be understood. */
  read(schema: DescMessage): void {
    const result = this.#validator.validate(schema, create(schema));
    if (result.kind === 'error') throw result.error;
  }

  /** What is wrong with a message; undefined when it keeps the rules. */
  faultOf(message: unknown, schema: DescMessage): Error | undefined {
    if (!isMessage(message, schema)) return new TypeError(`not a ${schema.typeName}`);
    const result = this.#validator.validate(schema, message);
    if (result.kind === 'valid') return undefined;
    return result.kind === 'error' ? result.error : refusal(result.violations.map(toFieldViolation));
  }
}

function refusal(violations: readonly FieldViolation[]): StatusError {
  const fields = violations.map(({ field, description }) => `${field} ${description}`);
  return new StatusError('invalid_argument', fields.join('; '), { reason: 'INVALID_REQUEST', violations });
}

function toFieldViolation({ field, message, ruleId }: Violation): FieldViolation {
  return { field: pathToString(field), description: message === '' ? `must satisfy ${ruleId}` : message, rule: ruleId };
}
