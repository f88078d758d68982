import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { together } from './together.ts';

test('what comes in one turn begins before any of it goes on', async () => {
  const events: string[] = [];
  const begin = (name: string) => (): void => {
    events.push(`${name} begins`);
    queueMicrotask(() => events.push(`${name} goes on`));
  };

  together(begin('one'));
  await Promise.resolve();
  together(begin('other'));
  await setImmediate();

  expect(events).toEqual(['one begins', 'other begins', 'one goes on', 'other goes on']);
});

test('what comes of it has its turn later', async () => {
  const events: string[] = [];
  together(() => {
    events.push('first');
    together(() => events.push('second'));
  });

  await setImmediate();
  expect(events).toEqual(['first']);

  await setImmediate();
  expect(events).toEqual(['first', 'second']);
});
