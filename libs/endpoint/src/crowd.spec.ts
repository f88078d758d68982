import { expect, test } from 'vitest';
import { Crowd } from './crowd.ts';

const person = (name: string) => ({ name, place: -1 });

test('has those who came and have not left, whoever left before', () => {
  const [one, two, three, four] = [person('one'), person('two'), person('three'), person('four')];
  const crowd = new Crowd<ReturnType<typeof person>>();
  for (const member of [one, two, three]) crowd.add(member);

  const left = [crowd.delete(one), crowd.delete(one), crowd.delete(four)];
  crowd.add(four);
  crowd.delete(three);

  expect(left).toEqual([true, false, false]);
  expect(crowd.size).toBe(2);
  expect(crowd.toArray().toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([four, two]);
  expect(crowd.some(({ name }) => name === 'two')).toBe(true);
  expect(crowd.some(({ name }) => name === 'three')).toBe(false);
});

test('who has left can come again', () => {
  const crowd = new Crowd<ReturnType<typeof person>>();
  const [one, two] = [person('one'), person('two')];
  for (const member of [one, two]) crowd.add(member);

  for (const member of [one, two]) crowd.delete(member);
  crowd.add(one);

  expect(crowd.toArray()).toEqual([one]);
});
