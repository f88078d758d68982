import type { ChildLoggerOptions } from 'pino';
import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';

function recorder() {
  const texts: string[] = [];
  const copy = { write: (line: string) => void texts.push(line) };
  const log = createLogger('order', { LOG_LEVEL: 'info', LOG_FORMAT: 'json' }, copy);
  return { log, lines: () => texts.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('an error in the place of the fields is told whole, whatever it has besides', () => {
  const { log, lines } = recorder();
  const failure = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', errno: -111 });

  log.error(failure, 'no database');

  const { message, stack, code, errno } = failure;
  expect(lines()).toMatchObject([{ err: { type: 'Error', message, stack, code, errno }, msg: 'no database' }]);
});

test('a list in the place of the fields is a line, too', () => {
  const { log, lines } = recorder();

  log.info(['a', 'b'], 'some');
  log.info([], 'none');

  expect(lines()).toMatchObject([{ 0: 'a', 1: 'b', msg: 'some' }, { msg: 'none' }]);
});

test.each<[string, ChildLoggerOptions, object]>([
  ['what to cut out', { redact: ['pin'] }, { pin: '[Redacted]' }],
  ['how fields are written', { serializers: { pin: (pin: string) => pin.length } }, { pin: 4 }],
  ['what lines are made of', { formatters: { log: (fields) => ({ ...fields, more: true }) } }, { more: true }],
])('a child may be told %s, and its children with it', (_, options, expected) => {
  const { log, lines } = recorder();
  const child = log.child({}, options);

  child.info({ pin: '1234' }, 'x');
  child.child({ of: 'child' }).info({ pin: '1234' }, 'x');
  log.info({ pin: '1234' }, 'x');

  const [own, ofChild, ofParent] = lines();
  expect(own).toMatchObject(expected);
  expect(ofChild).toMatchObject({ ...expected, of: 'child' });
  expect(ofParent).not.toMatchObject(expected);
});
