import { describe, expect, test } from 'vitest';
import { parseOptions } from '../options.ts';
import { scenariosFor } from './all.ts';

describe('scenariosFor', () => {
  const namesOf = (...args: readonly string[]) => scenariosFor(parseOptions(args)).map(({ name }) => name);

  test('has all of a command, unless some are named', () => {
    expect(namesOf()).toContain('get');
    expect(namesOf()).not.toContain('peers');
    expect(namesOf('peers')).toEqual(['peers']);
    expect(namesOf('check')).toEqual(['get']);
    expect(namesOf('--scenario', 'order', '--scenario', 'get')).toEqual(['order', 'get']);
  });

  test('says what there is', () => {
    expect(() => namesOf('--scenario', 'list')).toThrow("there is no scenario 'list': there are get, database");
  });
});
