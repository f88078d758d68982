import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createLogger } from './logger.ts';

/** A logger of a level, and its lines. */
function recorder(level = 'info') {
  const texts: string[] = [];
  const copy = { write: (line: string) => void texts.push(line) };
  const log = createLogger('order', { LOG_LEVEL: level, LOG_FORMAT: 'json' }, copy);
  return { log, lines: () => texts.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('a line is JSON that names the service, and has no secret in it', () => {
  const { log, lines } = recorder();

  log.debug({}, 'below the level');
  log.info(
    { password: 'hunter2', metadata: { authorization: 'Bearer x' }, a: { b: { refreshToken: 'y' } } },
    'signed in',
  );

  expect(lines()).toMatchObject([
    {
      level: 'info',
      service: 'order',
      msg: 'signed in',
      password: '[redacted]',
      metadata: { authorization: '[redacted]' },
      a: { b: { refreshToken: '[redacted]' } },
    },
  ]);
});

test('a line of plain fields is that which pino makes', () => {
  const { log, lines } = recorder();
  const fields = { text: 'a "b"\n\u2028', number: 1.5, infinite: Infinity, yes: true, none: undefined };

  log.child({ of: 'child' }).info(fields, 'plain');
  log.child({ of: 'child' }).info({ ...fields, date: new Date(0) }, 'not plain');
  log.info({});
  log.info('%s is there', 'what is said');

  const made = { text: 'a "b"\n\u2028', number: 1.5, infinite: null, yes: true };
  const all = { level: 'info', time: expect.any(String) as string, service: 'order' };
  expect(lines()).toEqual([
    { ...all, of: 'child', ...made, msg: 'plain' },
    { ...all, of: 'child', ...made, date: '1970-01-01T00:00:00.000Z', msg: 'not plain' },
    all,
    { ...all, msg: 'what is said is there' },
  ]);
});

test('a line says what its own logger, level and message are, whatever the line before said', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { log, lines } = recorder();
  const ada = log.child({ of: 'ada' });

  ada.info({ n: 1 }, 'one');
  ada.info({ n: 2 }, 'two');
  ada.warn({ n: 3 }, 'two');
  log.child({ of: 'bob' }, { msgPrefix: 'number ' }).warn({ n: 4 }, 'two');
  log.warn({ n: 5 }, 'two');
  ada.setBindings({ of: 'eve' });
  ada.warn({ n: 6 }, 'two');

  expect(lines().map(({ level, of, n, msg }) => [level, of, n, msg])).toEqual([
    ['info', 'ada', 1, 'one'],
    ['info', 'ada', 2, 'two'],
    ['warn', 'ada', 3, 'two'],
    ['warn', 'bob', 4, 'number two'],
    ['warn', undefined, 5, 'two'],
    ['warn', 'eve', 6, 'two'],
  ]);
});

test('a line has the time it was written at', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { log, lines } = recorder();
  const times = ['2026-11-25T23:59:59.999Z', '2026-11-26T00:00:00.000Z', '2026-11-26T00:00:00.007Z'];

  for (const time of times) {
    vi.setSystemTime(time);
    log.info({}, 'now');
  }

  expect(lines().map(({ time }) => time)).toEqual(times);
});

describe('a secret', () => {
  const hidden = 'hunter2';
  class Account {
    readonly password = hidden;
    toJSON() {
      return { password: this.password, kind: 'account' };
    }
  }
  const failure = Object.assign(new Error('no'), { token: hidden, config: { headers: { cookie: hidden } } });
  const request = { method: 'GET', headers: { authorization: hidden }, socket: {} };

  test.each<[string, (log: Logger) => void]>([
    ['at the top, whatever it is', (log) => log.info({ secret: { a: hidden }, token: [hidden], cookie: null }, 'x')],
    ['in a list', (log) => log.info({ accounts: [{ password: hidden }] }, 'x')],
    ['in a frozen object', (log) => log.info({ a: Object.freeze({ b: Object.freeze({ token: hidden }) }) }, 'x')],
    ['in an object that says what becomes of it', (log) => log.info({ account: new Account() }, 'x')],
    [
      'at the top of such an object',
      (log) => log.info(Object.create({ toJSON: () => ({ password: hidden }) }) as object),
    ],
    ['in an error', (log) => log.error({ err: failure }, 'x')],
    ['in an error of another name', (log) => log.error({ cause: failure }, 'x')],
    ['in an error by itself', (log) => log.error(failure)],
    ['in a request', (log) => log.info(request)],
    ['in the fields of a child', (log) => log.child({ token: hidden, a: { b: { password: hidden } } }).info({}, 'x')],
    [
      'in those of its child',
      (log) =>
        log
          .child({})
          .child({ a: { password: hidden } })
          .info({}, 'x'),
    ],
    [
      'in a line of its child',
      (log) =>
        log
          .child({})
          .child({})
          .info({ a: { password: hidden } }, 'x'),
    ],
    ['in a message', (log) => log.info({}, '%s %j %o', 'x', { token: hidden }, { a: { password: hidden } })],
  ])('is cut out %s', (_, write) => {
    const { log, lines } = recorder();

    write(log);

    expect(lines()).toHaveLength(1);
    expect(JSON.stringify(lines())).not.toContain(hidden);
  });

  test('takes nothing else with it', () => {
    const { log, lines } = recorder();

    log.error({ err: failure, a: { password: hidden, date: new Date(0) } }, 'x');

    expect(lines()).toMatchObject([
      {
        err: { type: 'Error', message: 'no', stack: failure.stack, config: { headers: { cookie: '[redacted]' } } },
        a: { password: '[redacted]', date: '1970-01-01T00:00:00.000Z' },
      },
    ]);
  });

  test('is cut out of the line only: what was logged is as it was', () => {
    const { log } = recorder();
    const fields = { password: hidden, a: { token: hidden, list: [{ secret: hidden }] } };

    log.info(fields, 'x');

    expect(fields).toEqual({ password: hidden, a: { token: hidden, list: [{ secret: hidden }] } });
  });
});

describe('a process', () => {
  const program = (script: string) => [
    '--input-type=module',
    '--eval',
    `import { createLogger } from ${JSON.stringify(import.meta.resolve('./logger.ts'))};
    const log = createLogger('order', { LOG_LEVEL: 'info', LOG_FORMAT: 'json' });
    const write = (count) => { for (let n = 0; n < count; n++) log.info({ n }, 'x'.repeat(50)); };
    ${script}`,
  ];

  test.each([
    ['it comes to its end', 'write(1000);'],
    ['it exits after a while', 'write(500); setTimeout(() => { write(500); process.exit(); }, 50);'],
    ['it fails later', 'write(1000); setTimeout(() => { throw new Error("no"); }, 20);'],
    [
      'it is told to stop',
      'write(1000); process.on("SIGTERM", () => process.exit()); process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 5000);',
    ],
  ])('loses no line when %s', async (_, script) => {
    const run = promisify(execFile)(process.execPath, program(script), { maxBuffer: 2 ** 24 });

    const { stdout } = await run.catch((error: unknown) => error as { stdout: string });

    expect(
      stdout
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('{')),
    ).toHaveLength(1_000);
  });

  test('has written its lines once they are flushed, though there is a copy of them', async () => {
    const script = `
      const copied = createLogger('order', { LOG_LEVEL: 'info', LOG_FORMAT: 'json' }, { write() {} });
      copied.info({ n: 7 }, 'x');
      copied.flush();
      process.kill(process.pid, 'SIGKILL');
      setTimeout(() => {}, 5000);`;
    const child = spawn(process.execPath, program(script), { stdio: ['ignore', 'pipe', 'inherit'] });

    expect(await text(child.stdout)).toContain('"n":7');
  });

  test('writes a line soon, though nothing follows, and an error at once', async () => {
    const script = `write(1); setTimeout(() => { log.error({}, 'no'); for (const until = Date.now() + 500; Date.now() < until;); process.kill(process.pid, 'SIGKILL'); }, 1000);`;
    const child = spawn(process.execPath, program(script), { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill());
    const output = text(child.stdout);
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    const isAlive = child.exitCode === null && child.signalCode === null;

    expect(first.toString()).toContain('"n":0');
    expect(isAlive).toBe(true);
    expect(await output).toContain('"level":"error"');
  });
});
