import { expect, test } from 'vitest';
import { chart } from './chart.ts';

test('chart draws bars in proportion, and escapes what it is told', () => {
  const svg = chart('A & B', [
    { label: '<a>', value: 10, text: '10 us', isOurs: true },
    { label: 'other', value: 20, text: '20 us', isOurs: false },
  ]);

  const widths = [...svg.matchAll(/<rect class="(\w+)".*? width="([\d.]+)"/g)].map(([, kind, width]) => [
    kind,
    Number(width),
  ]);
  expect(widths).toEqual([
    ['ours', 200],
    ['theirs', 400],
  ]);
  expect(svg).toContain('A &amp; B');
  expect(svg).toContain('&lt;a&gt;');
});
