import { describe, expect, test } from 'vitest';
import { parseOptions } from './options.ts';

describe('parseOptions', () => {
  test('has a default for everything', () => {
    const defaults = { command: 'bench', scenarios: [], only: [], seconds: 1, rounds: 20, starts: 4 };

    expect(parseOptions([])).toMatchObject(defaults);
  });

  test('reads what is given', () => {
    const args = ['peers', '--scenario', 'get', '--scenario', 'large', '--only', 'NestJS, go-kit', '--seconds', '0.5'];

    expect(parseOptions(args)).toMatchObject({
      command: 'peers',
      scenarios: ['get', 'large'],
      only: ['NestJS', 'go-kit'],
      seconds: 0.5,
    });
  });

  test.each([
    [['run']],
    [['--seconds', 'x']],
    [['--rounds', '0']],
    [['--starts', '0']],
    [['--starts', '1.5']],
    [['--port', '70000']],
    [['--fast']],
  ])('refuses %j', (args) => {
    expect(() => parseOptions(args)).toThrow();
  });
});
