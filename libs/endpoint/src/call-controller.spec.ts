import { describe, expect, test } from 'vitest';
import { CallController, listen, unlisten } from './call-controller.ts';

describe.each([
  ['a call', () => new CallController()],
  ['any controller', () => new AbortController()],
])('the signal of %s', (_, create) => {
  test('tells those who listen, once, and those who add an event listener', () => {
    const controller = create();
    const told: string[] = [];
    const listener = (name: string) => ({
      handleEvent: () => void told.push(`${name}: ${String(controller.signal.reason)}`),
    });
    const [one, two, three] = [listener('one'), listener('two'), listener('three')];
    for (const each of [one, two, three]) listen(controller.signal, each);
    controller.signal.addEventListener('abort', listener('event'));

    unlisten(controller.signal, two);
    unlisten(controller.signal, two);
    controller.abort('enough');
    controller.abort('more');

    expect(told.toSorted()).toEqual(['event: enough', 'one: enough', 'three: enough']);
    expect(controller.signal.aborted).toBe(true);
  });

  test('lets those who are told go', () => {
    const controller = create();
    const told: string[] = [];
    const two = { handleEvent: () => void told.push('two') };
    const one = {
      handleEvent: () => {
        told.push('one');
        unlisten(controller.signal, one);
      },
    };
    for (const listener of [one, two]) listen(controller.signal, listener);

    controller.abort();

    expect(told).toEqual(['one', 'two']);
  });
});

test('is a signal that others take', async () => {
  const controller = new CallController();
  const all = AbortSignal.any([controller.signal]);

  controller.abort(new Error('enough'));

  expect(() => all.throwIfAborted()).toThrow('enough');
  await expect(fetch('http://127.0.0.1:9', { signal: controller.signal })).rejects.toThrow('enough');
});
