import { isMessage, type DescMessage } from '@bufbuild/protobuf';
import { createValidator, type Violation } from '@bufbuild/protovalidate';
import { pathToString } from '@bufbuild/protobuf/reflect';
import { isStream, StatusError, type FieldViolation, type Middleware } from '@ko/endpoint';

/** Refuses requests that break the field rules of their contract (`buf.validate`), naming all that is wrong. */
export function validation(): Middleware {
  const validator = createValidator();

  return (next, method) => (request, context) => {
    if (isStream(request)) return next(checked(request, method.input) as unknown as typeof request, context);
    check(request, method.input);
    return next(request, context);
  };

  function check(request: unknown, schema: DescMessage): void {
    if (!isMessage(request, schema)) throw new TypeError(`not a ${schema.typeName}`);
    const result = validator.validate(schema, request);
    if (result.kind === 'error') throw result.error;
    if (result.kind === 'invalid') throw refusal(result.violations.map(toFieldViolation));
  }

  async function* checked(requests: AsyncIterable<unknown>, schema: DescMessage): AsyncGenerator {
    for await (const request of requests) {
      check(request, schema);
      yield request;
    }
  }
}

function refusal(violations: readonly FieldViolation[]): StatusError {
  const fields = violations.map(({ field, description }) => `${field} ${description}`);
  return new StatusError('invalid_argument', fields.join('; '), { reason: 'INVALID_REQUEST', violations });
}

function toFieldViolation({ field, message, ruleId }: Violation): FieldViolation {
  return { field: pathToString(field), description: message === '' ? `must satisfy ${ruleId}` : message, rule: ruleId };
}
