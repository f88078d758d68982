import { StatusError } from '@ko/endpoint';
import { expect, test } from 'vitest';
import { InHand } from './in-hand.ts';

const hangs = new StatusError('unavailable', 'it hangs');

test('a request that is in hand twice is given up twice, and ends twice', async () => {
  const inHand = new InHand();
  const request = {};
  const calls = [inHand.begin(request, 0, 0), inHand.begin(request, 0, 0)];
  const answers = calls.map(async (call) => inHand.unlessGivenUp(call, new Promise(() => {})));

  inHand.giveUp(hangs);

  for (const answer of answers) await expect(answer).rejects.toBe(hangs);
  expect(calls.map((call) => inHand.end(call))).toEqual([true, true]);
  expect(inHand.has(request)).toBe(false);
});

test('what is over is not given up, and what nobody else can answer neither', async () => {
  const inHand = new InHand();
  inHand.begin('stays', 0, 0);
  const call = inHand.begin('is over', 0, 0);
  const answer = inHand.unlessGivenUp(call, Promise.resolve('an answer'));
  inHand.end(call);

  inHand.giveUp(hangs);

  await expect(answer).resolves.toBe('an answer');
  expect(inHand.has('stays')).toBe(true);
});
