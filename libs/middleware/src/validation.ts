import { create, isMessage, type DescMessage } from '@bufbuild/protobuf';
import { createValidator, type Validator, type Violation } from '@bufbuild/protovalidate';
import { pathToString } from '@bufbuild/protobuf/reflect';
import { isStream, StatusError, type FieldViolation, type Middleware } from '@ko/endpoint';
import { summarize } from './rules.ts';

/**
 * Refuses requests that break the field rules of their contract (`buf.validate`), naming all that is wrong. Rules that
 * cannot be understood are told when a method is wrapped, by an error.
 */
export function validation(): Middleware {
  let native: Validator | undefined;
  let re2: Validator | undefined;

  return (next, { input }) => {
    const { isEmpty, isPlain } = summarize(input);
    if (isEmpty) return next;
    const validator = isPlain ? (native ??= createValidator({ regexMatch })) : (re2 ??= createValidator());
    prepare(validator, input);

    return (request, context) => {
      if (isStream(request)) return next(checked(request, validator, input) as unknown as typeof request, context);
      const fault = faultOf(request, validator, input);
      return fault === undefined ? next(request, context) : Promise.reject(fault);
    };
  };
}

/** What is wrong with a message; undefined when it keeps the rules. */
function faultOf(request: unknown, validator: Validator, schema: DescMessage): Error | undefined {
  if (!isMessage(request, schema)) return new TypeError(`not a ${schema.typeName}`);
  const result = validator.validate(schema, request);
  if (result.kind === 'valid') return undefined;
  return result.kind === 'error' ? result.error : refusal(result.violations.map(toFieldViolation));
}

async function* checked(requests: AsyncIterable<unknown>, validator: Validator, schema: DescMessage): AsyncGenerator {
  for await (const request of requests) {
    const fault = faultOf(request, validator, schema);
    if (fault !== undefined) throw fault;
    yield request;
  }
}

/** Makes the validator read the rules, which it else does at the first request. */
function prepare(validator: Validator, schema: DescMessage): void {
  const result = validator.validate(schema, create(schema));
  if (result.kind === 'error') throw result.error;
}

const patterns = new Map<string, RegExp>();

/** Patterns come from contracts: there are as many as those have. */
function regexMatch(pattern: string, text: string): boolean {
  let regex = patterns.get(pattern);
  if (regex === undefined) patterns.set(pattern, (regex = new RegExp(pattern, 'u')));
  return regex.test(text);
}

function refusal(violations: readonly FieldViolation[]): StatusError {
  const fields = violations.map(({ field, description }) => `${field} ${description}`);
  return new StatusError('invalid_argument', fields.join('; '), { reason: 'INVALID_REQUEST', violations });
}

function toFieldViolation({ field, message, ruleId }: Violation): FieldViolation {
  return { field: pathToString(field), description: message === '' ? `must satisfy ${ruleId}` : message, rule: ruleId };
}
