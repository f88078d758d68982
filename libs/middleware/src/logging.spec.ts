import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, StatusError, type Code, type Endpoint, type Logger } from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import { logging } from './logging.ts';

const { echo } = ConformanceService.method;
const answer: Endpoint<null, string> = async () => 'answer';

function failing(code: Code, cause?: Error): Endpoint<null, never> {
  return async () => Promise.reject(new StatusError(code, 'no', { reason: 'BECAUSE', cause }));
}

/** A logger that notes its lines, each with its level and the fields of its parents. */
function recorder() {
  const lines: object[] = [];
  const logger = (parent: object): Logger => {
    const at = (level: string) => (fields: object, message: string) =>
      void lines.push({ ...parent, ...fields, level, message });
    const child = (fields: object) => logger({ ...parent, ...fields });
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child };
  };
  return { lines, log: logger({}) };
}

describe('logging', () => {
  test.each([
    [true, 1],
    [false, 0],
  ])('asks for a line of an answer only where its level is written: %s', async (isEnabled, count) => {
    const { lines, log } = recorder();
    const inner = { ...log, isLevelEnabled: (level: string) => level !== 'info' || isEnabled };

    await logging()(answer, echo)(null, createContext({ log: inner }));
    await logging()(failing('internal'), echo)(null, createContext({ log: inner })).catch(StatusError.from);

    expect(lines.filter((line) => 'level' in line && line.level === 'info')).toHaveLength(count);
    expect(lines.filter((line) => 'level' in line && line.level === 'error')).toHaveLength(1);
  });

  test('writes one line for a request, which names it', async () => {
    const { lines, log } = recorder();

    await logging()(answer, echo)(null, createContext({ log, requestId: 'r1', peer: '192.0.2.1' }));

    expect(lines).toMatchObject([
      {
        level: 'info',
        request_id: 'r1',
        method: 'ko.conformance.v1.ConformanceService/Echo',
        code: 'ok',
        peer: '192.0.2.1',
        duration_ms: expect.any(Number) as number,
      },
    ]);
  });

  test('gives the layers inside a logger that names the request', async () => {
    const { lines, log } = recorder();
    const endpoint: Endpoint<null, void> = async (_, context) => context.log.info({}, 'inside');

    await logging()(endpoint, echo)(null, createContext({ log, requestId: 'r1' }));

    expect(lines[0]).toMatchObject({ message: 'inside', request_id: 'r1' });
  });

  test.each<[Code, string]>([
    ['not_found', 'info'],
    ['unauthenticated', 'info'],
    ['unavailable', 'warn'],
    ['deadline_exceeded', 'warn'],
    ['internal', 'error'],
  ])('writes %s at level %s', async (code, level) => {
    const { lines, log } = recorder();

    await expect(logging()(failing(code), echo)(null, createContext({ log }))).rejects.toMatchObject({ code });

    expect(lines).toMatchObject([{ level, code, reason: 'BECAUSE' }]);
  });

  test('tells the cause of what is our fault only', async () => {
    const { lines, log } = recorder();
    const cause = new Error('inside');

    await logging()(failing('internal', cause), echo)(null, createContext({ log })).catch((error: unknown) => error);
    await logging()(failing('not_found', cause), echo)(null, createContext({ log })).catch((error: unknown) => error);

    expect(lines[0]).toMatchObject({ err: cause });
    expect(lines[1]).not.toHaveProperty('err');
  });
});
