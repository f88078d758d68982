import { codes } from '@ko/endpoint';
import { problemType } from '../problem.ts';
import type { Schema } from './field-rules.ts';

const string = { type: 'string' };

/** The schemas of a problem document. */
export const problemSchemas: Readonly<Record<string, Schema>> = {
  Problem: {
    type: 'object',
    description: 'Why a request failed (RFC 9457).',
    properties: {
      type: { const: 'about:blank' },
      title: { ...string, description: 'The phrase of the status.' },
      status: { type: 'integer' },
      detail: { ...string, description: 'What went wrong this time, for people.' },
      code: { ...string, enum: codes, description: 'The canonical code, for programs.' },
      reason: { ...string, description: 'What went wrong, for programs: UPPER_SNAKE_CASE.' },
      metadata: { type: 'object', additionalProperties: string, description: 'Values that the detail mentions.' },
      violations: { type: 'array', items: { $ref: '#/components/schemas/FieldViolation' } },
      retry_after_ms: { type: 'number', description: 'Milliseconds after which a retry makes sense.' },
      request_id: { ...string, description: 'Names the request in logs and traces.' },
    },
    required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
  },
  FieldViolation: {
    type: 'object',
    description: 'What is wrong with one field of a request.',
    properties: {
      field: { ...string, examples: ['lines[0].quantity'] },
      description: string,
      rule: { ...string, examples: ['string.min_len'] },
    },
    required: ['field', 'description'],
  },
};

const retryAfter = {
  'Retry-After': { description: 'Seconds after which a retry makes sense.', schema: { type: 'integer' } },
};

/** The responses that report a failure. */
export const failureResponses: Readonly<Record<string, Schema>> = {
  InvalidArgument: failure('The request is wrong, or does not fit the state of the system.'),
  Unauthenticated: failure('The caller has not proved who they are.', {
    'WWW-Authenticate': { description: 'How to prove it (RFC 6750).', schema: string },
  }),
  PermissionDenied: failure('The caller may not do this.'),
  NotFound: failure('There is no such thing, or not for this caller.'),
  ResourceExhausted: failure('Too many requests.', retryAfter),
  Failure: failure('The request failed.', retryAfter),
};

function failure(description: string, headers?: Schema): Schema {
  const content = { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } };
  return { description, ...(headers !== undefined && { headers }), content };
}
