import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';

test('a line is JSON that names the service, and has no secret in it', () => {
  const lines: string[] = [];
  const log = createLogger(
    'order',
    { LOG_LEVEL: 'info', LOG_FORMAT: 'json' },
    { write: (line) => void lines.push(line) },
  );

  log.debug({}, 'below the level');
  log.info(
    { password: 'hunter2', metadata: { authorization: 'Bearer x' }, a: { b: { refreshToken: 'y' } } },
    'signed in',
  );

  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
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
