import { Metadata } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { codes, StatusError } from '@ko/endpoint';
import { codeOf, numberOf } from './codes.ts';
import { fromGrpcStatus, fromStatusBytes, toGrpcStatus, toStatusBytes } from './status.ts';

const origin = { domain: 'ko.test.v1.TestService', requestId: '1' };

describe('a status of gRPC', () => {
  test('has a number for each code, in the order of the codes', () => {
    expect(codes.map((code) => numberOf[code])).toEqual(codes.map((_, index) => index + 1));
    expect(codes.map((_, index) => codeOf(index + 1))).toEqual(codes);
  });

  test('with a number of no code is unknown', () => {
    expect(fromGrpcStatus({ code: 99, details: 'odd', metadata: new Metadata() }, 'x').code).toBe('unknown');
  });

  test('keeps its code and message when its details are malformed', () => {
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', Buffer.from([0xff]));

    expect(fromGrpcStatus({ code: 5, details: 'no book', metadata }, 'x')).toMatchObject({
      code: 'not_found',
      message: 'no book',
    });
  });

  test('leaves out details that no header could hold', () => {
    const violations = Array.from({ length: 1_000 }, () => ({ field: 'name', description: 'x'.repeat(100) }));
    const error = new StatusError('invalid_argument', 'too much is wrong', { violations });

    const status = toGrpcStatus(error, new Metadata(), origin);

    expect(status.metadata.get('grpc-status-details-bin')).toEqual([]);
    expect(fromGrpcStatus(status, 'x')).toMatchObject({ code: 'invalid_argument', message: 'too much is wrong' });
  });

  test('has a message that can be sent, whatever it was', () => {
    const { details } = toGrpcStatus(new StatusError('unknown', 'half a pair: \ud800'), new Metadata(), origin);

    expect(() => encodeURI(details)).not.toThrow();
  });

  test('has a message that can be sent, wherever it is cut', () => {
    for (const text of ['x'.repeat(4_095), 'x'.repeat(4_096)]) {
      const error = new StatusError('not_found', text + '\u{1f600}'.repeat(20_000));

      expect(() => encodeURI(toGrpcStatus(error, new Metadata(), origin).details)).not.toThrow();
      expect(fromStatusBytes(toStatusBytes(error, origin))).toMatchObject({ code: 'not_found' });
    }
  });

  test.each([0.25, 918_973_632.8125])('tells when to come again, after %d ms, in whole ones', (retryAfter) => {
    const error = new StatusError('unavailable', 'not now', { retryAfter });

    expect(fromStatusBytes(toStatusBytes(error, origin)).retryAfter).toBe(Math.ceil(retryAfter));
  });

  test.each([NaN, Infinity])('is told without what cannot be sent, such as a pause of %d ms', (retryAfter) => {
    const error = new StatusError('unavailable', 'not now', { retryAfter });

    expect(fromStatusBytes(toStatusBytes(error, origin))).toMatchObject({ code: 'unavailable', message: 'not now' });
    expect(toGrpcStatus(error, new Metadata(), origin).metadata.get('grpc-status-details-bin')).toEqual([]);
  });
});
