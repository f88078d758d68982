import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { logFormat } from './log-format.ts';

describe('logFormat', () => {
  const plain = logFormat({ colors: false, width: 7 });

  test('lays out a log line: name, time, level, message, fields', () => {
    const line = JSON.stringify({
      level: 'info',
      time: '2026-11-20T10:00:00.123Z',
      pid: 1,
      hostname: 'h',
      service: 'user',
      method: 'GetUser',
      duration_ms: 3,
      detail: 'no such user',
      msg: 'call',
    });

    expect(plain('user', line)).toMatch(
      /^user {4}│ \[\d\d:\d\d:\d\d\.123\] INFO: call {2}method=GetUser duration_ms=3 detail="no such user"\n$/,
    );
  });

  test('shows the beginning of an object that is long, and all of a text', () => {
    const text = 'x'.repeat(300);
    const line = plain('user', JSON.stringify({ level: 'info', msg: 'm', object: { text }, text }));

    expect(line).toMatch(/ object=\{"text":"x{140,160}… text=x{300}\n$/);
  });

  test('shows the stack of an error, each line with the name in front', () => {
    const err = { type: 'Error', message: 'no way', stack: 'Error: no way\n    at here.ts:1:1' };

    const lines = plain('order', JSON.stringify({ level: 'error', msg: 'failed', err }))
      .trimEnd()
      .split('\n');

    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join('\n')).toContain('at here.ts:1:1');
    expect(lines.every((line) => line.startsWith('order   │ '))).toBe(true);
  });

  test.each(['listening', '{ not json', '', '[1]'])("leaves '%s' as it is", (line) => {
    expect(plain('gateway', line)).toBe(`gateway │ ${line}\n`);
  });

  test('puts the name of the instance in front, since all of a service log as that', () => {
    expect(plain('order.2', '{"level":"info","service":"order","msg":"x"}')).toMatch(/^order\.2 │ /);
  });

  test('tells processes apart by colour when colours are wanted', () => {
    const colored = logFormat({ colors: true, width: 7 });

    const [user = '', order = '', again = ''] = ['user', 'order', 'user'].map((name) => colored(name, 'x').slice(0, 5));

    expect(user).not.toBe(order);
    expect(again).toBe(user);
    expect(stripVTControlCharacters(colored('user', 'x'))).toBe('user    │ x\n');
  });
});
