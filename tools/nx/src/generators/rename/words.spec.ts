import { describe, expect, test } from 'vitest';
import { brandOf } from './brand.ts';
import { linesWithWords, withForms, withWords } from './words.ts';

const before = brandOf('zoo');
const after = brandOf('acme-shop');

describe('what can be nothing but the name', () => {
  test.each([
    ["import { chain } from '@zoo/endpoint';", "import { chain } from '@acme-shop/endpoint';"],
    [String.raw`'^@zoo/(?!data$)|@zoo/service$'`, String.raw`'^@acme-shop/(?!data$)|@acme-shop/service$'`],
    ['package zoo.order.v1;', 'package acme_shop.order.v1;'],
    ['option (zoo.options.v1.access) = {public: true};', 'option (acme_shop.options.v1.access) = {public: true};'],
    ['import "zoo/options/v1/options.proto";', 'import "acme_shop/options/v1/options.proto";'],
    ["export * from './gen/zoo/order/v1/order_pb.ts';", "export * from './gen/acme_shop/order/v1/order_pb.ts';"],
    ['- libs/contracts/proto/zoo/conformance', '- libs/contracts/proto/acme_shop/conformance'],
    ['ZOO_LOG_LEVEL=debug', 'ACME_SHOP_LOG_LEVEL=debug'],
    ['zoo_requests_total', 'acme_shop_requests_total'],
    ['.zoo/', '.acme-shop/'],
    ['`.zoo-prisma-${app}`', '`.acme-shop-prisma-${app}`'],
    ["join(tmpdir(), 'zoo-test-')", "join(tmpdir(), 'acme-shop-test-')"],
  ])('%s', (text, renamed) => {
    expect(withForms(text, before, after)).toBe(renamed);
  });
});

describe('what only looks like it', () => {
  test.each([
    'a zoo of animals',
    'zoology',
    '@zookeeper/client',
    'someone@zoo.org',
    'kazoo.order.v1',
    "lang: 'zoo'",
    'my.zoo',
  ])('%s', (text) => {
    expect(withForms(text, before, after)).toBe(text);
  });
});

describe('a word of its own is the title in a sentence, and else the name', () => {
  test.each([
    ['# zoo', '# Acme Shop'],
    ['zoo is up.', 'Acme Shop is up.'],
    ["zoo's own callers", "Acme Shop's own callers"],
    ["describe('zoo as processes', …)", "describe('Acme Shop as processes', …)"],
    ["{ issuer: 'zoo' }", "{ issuer: 'acme-shop' }"],
    ['"name": "zoo"', '"name": "acme-shop"'],
    ["parse([], '/zoo')", "parse([], '/acme-shop')"],
    ['postgres://zoo:secret@db:5432/zoo', 'postgres://acme-shop:secret@db:5432/acme-shop'],
    ['zoology and kazoo', 'zoology and kazoo'],
  ])('%s', (text, renamed) => {
    expect(withWords(text, before, after)).toBe(renamed);
  });

  test('once they differ, each is known by itself', () => {
    const later = brandOf('globex', 'Globex & Co.');

    expect(withWords('Acme Shop has tokens of acme-shop', after, later)).toBe('Globex & Co. has tokens of globex');
  });
});

test.each(['zoo-shop', 'new-zoo'])('nothing is renamed twice where the new name is %s', (name) => {
  const to = brandOf(name);
  const text = "@zoo/a zoo.order.v1 zoo/order/v1 .zoo/ ZOO_A zoo_a 'zoo' zoo";

  const renamed = withWords(withForms(text, before, to), before, to);

  const { snake, constant, title } = to;
  expect(renamed).toBe(
    `@${name}/a ${snake}.order.v1 ${snake}/order/v1 .${name}/ ${constant}_A ${snake}_a '${name}' ${title}`,
  );
});

test('lines with the word are found', () => {
  expect(linesWithWords("const all = ['en',\n'zoo'];\nzoology", before)).toEqual([2]);
});
