import { describe, expect, test } from 'vitest';
import { parseOptions, UsageError } from './options.ts';

describe('parseOptions', () => {
  test('runs separate processes on the well-known ports unless told otherwise', () => {
    const options = parseOptions([], '/ko');

    expect(options).toEqual({ help: false, monolith: false, watch: false, port: undefined, data: '/ko/.ko' });
  });

  test('reads all options', () => {
    const options = parseOptions(['--monolith', '--watch', '--port', '9000', '--data', '/tmp/data'], '/ko');

    expect(options).toEqual({ help: false, monolith: true, watch: true, port: 9000, data: '/tmp/data' });
  });

  test.each(['0', '-1', '70000', '80.5', 'http', ''])("refuses '%s' as a port, and names it", (port) => {
    expect(() => parseOptions([`--port=${port}`], '/ko')).toThrow(
      new UsageError(`--port takes a number from 1 to 65000, not '${port}'`),
    );
  });

  test('names an option that it does not know', () => {
    expect(() => parseOptions(['--prot', '9000'], '/ko')).toThrow(new UsageError("Unknown option '--prot'"));
  });

  test('says how npm passes options on when they came without a dash', () => {
    expect(() => parseOptions(['9000'], '/ko')).toThrow(/Unexpected argument '9000'.*npm start -- --port 9000/);
  });
});
