import { describe, expect, test } from 'vitest';
import { Source } from './source.ts';

function source(text: string): Source {
  return new Source('file.ts', text);
}

/** Without layout, which is for Prettier. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

describe('an import', () => {
  test.each([
    [`import { b } from 'm';`, ['a', 'c', 'type T'], `import { a, b, c, type T } from 'm';`],
    [`import { z, type A } from 'm';`, ['y'], `import { y, z, type A } from 'm';`],
    [`import { b, a } from 'm';`, ['c'], `import { b, a, c } from 'm';`],
    [`import { a as b } from 'm';`, ['c'], `import { a as b, c } from 'm';`],
  ])('gets names in their place, and keeps the order that is there: %s', (before, names, after) => {
    const file = source(before);

    file.import(names, 'm');

    expect(file.text).toBe(after);
  });

  test.each([
    ['node:fs', `import { x } from 'node:fs';import { a } from 'node:path';`],
    ['vitest', `from 'b';import { x } from 'vitest';import { c } from './c.ts';`],
    ['./d.ts', `from './c.ts';import { x } from './d.ts';const`],
  ])('of a new module stands in its place: %s', (module, expected) => {
    const file = source(
      `import { a } from 'node:path';\nimport { b } from 'b';\nimport { c } from './c.ts';\n\nconst d = 1;\n`,
    );

    file.import(['x'], module);

    expect(file.text.replaceAll('\n', '')).toContain(expected);
  });

  test('that is there changes nothing, also as a type', () => {
    const text = `import { a, type T } from 'm';\n`;
    const file = source(text);

    file.import(['a', 'T'], 'm');

    expect(file.text).toBe(text);
  });

  test('goes name by name, and then as a whole', () => {
    const file = source(`import { a, type T } from 'm';\nconst b = 1;\n`);

    file.unimport('m', ['T']);
    const between = file.text;
    file.unimport('m', ['a']);
    file.unimport('elsewhere');

    expect(between).toBe(`import { a } from 'm';\nconst b = 1;\n`);
    expect(file.text).toBe('const b = 1;\n');
  });
});

describe('a member', () => {
  test.each([
    ['const list = [];', { variable: 'list' }, 'const list = [ b ];'],
    ['const list = [a];', { variable: 'list' }, 'const list = [a, b];'],
    ['const list = [a,];', { variable: 'list' }, 'const list = [a, b];'],
    ['const list = [\n  a, // first\n];', { variable: 'list' }, 'const list = [ a, // first b ];'],
    ['const list = [\n  a // first\n] as const;', { variable: 'list' }, 'const list = [ a, // first b ] as const;'],
    ['const map = { a } satisfies X;', { variable: 'map' }, 'const map = { a, b } satisfies X;'],
    ['f({ a });', { call: 'f' }, 'f({ a, b });'],
    ['g(f({ a, of: { c } }));', { call: 'f', property: 'of' }, 'g(f({ a, of: { c, b } }));'],
    ['function f() { return { a }; }', { returnedBy: 'f' }, 'function f() { return { a, b }; }'],
    ['interface T { a: 1; }', { type: 'T' }, 'interface T { a: 1; b }'],
  ])('comes last: %s', (before, place, after) => {
    const file = source(before);

    file.add(place, 'b');
    file.add(place, 'b');

    expect(plain(file.text)).toBe(after);
    expect(file.has(place, 'b')).toBe(true);
  });

  test.each([
    ['class C {}', 'class C { b() {} }'],
    ['class C { a() {} #c() {} }', 'class C { a() {} b() {} #c() {} }'],
    ['class C { readonly #d = 1; }', 'class C { readonly #d = 1; b() {} }'],
  ])('of a class comes before its private ones: %s', (before, after) => {
    const file = source(before);

    file.add({ type: 'C' }, 'b() {}', 'b');
    file.add({ type: 'C' }, 'b() { /* other */ }', 'b');

    expect(plain(file.text)).toBe(after);
  });

  test.each([
    [`[{ name: 'a' }, { name: 'b' }, { name: 'c' }]`, 'b', `[{ name: 'a' }, { name: 'c' }]`],
    [`['a', 'b']`, 'b', `['a',]`],
    [`['a', 'b']`, 'a', `[ 'b']`],
    [`['b']`, 'b', `[]`],
    [`[f(a), f(b)]`, 'f(b)', `[f(a),]`],
    [`['a']`, 'b', `['a']`],
  ])('goes by its name: %s', (list, name, after) => {
    const file = source(`const list = ${list};`);

    file.remove({ variable: 'list' }, name);

    expect(file.text).toBe(`const list = ${after};`);
  });

  test('that was added goes without a trace', () => {
    const text = `const map = {\n  a: 1, // first\n  'b-c': 2,\n};\n`;
    const file = source(text);

    file.add({ variable: 'map' }, `'d-e': 3`, 'd-e');
    const between = file.text;
    file.remove({ variable: 'map' }, 'd-e');

    expect(between).toContain('d-e');
    expect(plain(file.text)).toBe(plain(text));
  });

  test.each([
    ['a', '[\n  b, // of b\n  c, // of c\n]'],
    ['b', '[\n  a, // of a\n  c, // of c\n]'],
    ['c', '[\n  a, // of a\n  b, // of b\n]'],
  ])('takes its own comment along, and no other: %s', (name, after) => {
    const file = source('const list = [\n  a, // of a\n  b, // of b\n  c, // of c\n];');

    file.remove({ variable: 'list' }, name);

    expect(file.text).toBe(`const list = ${after};`);
  });

  test('of a place that is gone is refused, by the name of the place', () => {
    const file = source('const other = [];');

    expect(() => file.add({ variable: 'list' }, 'a')).toThrow('file.ts: the value of const list is not there any more');
    expect(() => file.remove({ returnedBy: 'f' }, 'a')).toThrow('what f returns is not there');
    expect(() => file.has({ call: 'f', property: 'of' }, 'a')).toThrow('of in f({…}) is not there');
    expect(() => file.texts({ type: 'T' })).toThrow('T is not there');
  });
});

describe('a declaration', () => {
  const text = '/** One. */\nconst one = 1;\n\n/** Two. */\nfunction two() {}\n';

  test('stands after or before another, its comment included', () => {
    const after = source(text);
    const before = source(text);

    after.declareAfter('one', 'const more = 2;');
    before.declareBefore('two', 'const more = 2;');

    expect(after.text).toBe(text.replace('= 1;\n', '= 1;\n\nconst more = 2;\n'));
    expect(before.text).toBe(text.replace('/** Two', 'const more = 2;\n\n/** Two'));
  });

  test('is known by its name, and goes with its comment', () => {
    const file = source(text);

    file.undeclare('one');
    file.undeclare('three');

    expect(file.declares('one')).toBe(false);
    expect(file.declares('two')).toBe(true);
    expect(file.text).toBe('\n/** Two. */\nfunction two() {}\n');
  });

  test('beside one that is gone is refused', () => {
    expect(() => source(text).declareAfter('three', 'const more = 2;')).toThrow('const three is not there any more');
  });
});
