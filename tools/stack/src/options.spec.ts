import { describe, expect, test } from 'vitest';
import { UsageError } from './command-line.ts';
import { parseOptions } from './options.ts';

const standard = {
  help: false,
  monolith: false,
  watch: false,
  port: undefined,
  data: '/ko/.ko',
  scale: {},
  sharePort: false,
  discovery: 'static',
};

describe('parseOptions', () => {
  test('runs separate processes on the well-known ports unless told otherwise', () => {
    expect(parseOptions([], '/ko')).toEqual(standard);
  });

  test('reads all options', () => {
    const args = ['--watch', '--port', '9000', '--data', '/tmp/data', '--scale', 'user=2', '--discovery', 'consul'];

    const options = parseOptions(args, '/ko');

    expect(options).toEqual({
      ...standard,
      watch: true,
      port: 9000,
      data: '/tmp/data',
      scale: { user: 2 },
      discovery: 'consul',
    });
    expect(parseOptions(['--share-port'], '/ko')).toEqual({ ...standard, sharePort: true });
    expect(parseOptions(['--monolith'], '/ko')).toEqual({ ...standard, monolith: true });
  });

  test.each(['0', '-1', '70000', '80.5', 'http', ''])("refuses '%s' as a port, and names it", (port) => {
    expect(() => parseOptions([`--port=${port}`], '/ko')).toThrow(
      new UsageError(`--port takes a number from 1 to 65000, not '${port}'`),
    );
  });

  test('refuses a first port that leaves none for the last instances', () => {
    expect(() => parseOptions(['--port=64800', '--scale=order=4'], '/ko')).toThrow(
      new UsageError("--port takes a number from 1 to 64700, not '64800'"),
    );
  });

  test.each(['--scale=user=2', '--discovery=consul'])('refuses %s of a monolith', (option) => {
    expect(() => parseOptions(['--monolith', option], '/ko')).toThrow(/and --monolith exclude each other/);
  });

  test('names the ways of discovery that it knows', () => {
    expect(() => parseOptions(['--discovery', 'zookeeper'], '/ko')).toThrow(
      new UsageError("--discovery takes static or consul, not 'zookeeper'"),
    );
  });

  test('names an option that it does not know', () => {
    expect(() => parseOptions(['--prot', '9000'], '/ko')).toThrow(new UsageError("Unknown option '--prot'"));
  });

  test('says how npm passes options on when they came without a dash', () => {
    expect(() => parseOptions(['9000'], '/ko')).toThrow(/Unexpected argument '9000'.*npm start -- --port 9000/);
  });
});
