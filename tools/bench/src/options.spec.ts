import { describe, expect, test } from 'vitest';
import { parseOptions } from './options.ts';

describe('parseOptions', () => {
  test('has a default for everything', () => {
    expect(parseOptions([])).toMatchObject({ command: 'bench', scenarios: [], only: [], seconds: 3, rounds: 7 });
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

  test.each([[['run']], [['--seconds', 'x']], [['--rounds', '0']], [['--port', '70000']], [['--fast']]])(
    'refuses %j',
    (args) => {
      expect(() => parseOptions(args)).toThrow();
    },
  );
});
