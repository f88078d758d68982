import { describe, expect, test } from 'vitest';
import { neighbourUrl, parseWay } from './neighbour-url.ts';

describe('a way to a neighbour', () => {
  test('prefers no zone of its own and asks the least loaded, unless told otherwise', () => {
    expect(parseWay('static:a:1').preference).toEqual({});
  });

  test('takes a zone, a split and a balancer', () => {
    const { preference } = parseWay('static:a:1?balancer=consistent_hash&key=peer&zone=north&split=1.4:95,1.5:5');

    expect(preference).toEqual({ zone: 'north', split: { 1.4: 95, 1.5: 5 } });
  });

  test.each([
    ['zookeeper://a:1', /has to start with one of: static:, consul:, dns:, etcd:/],
    ['static:a', /takes host:port/],
    ['static:a:1?balancer=best', /one of least_loaded, round_robin, random, consistent_hash/],
    ['static:a:1?balancer=consistent_hash', /takes a key/],
    ['static:a:1?key=peer', /takes a key/],
    ['static:a:1?split=canary', /takes version:share/],
  ])('refuses %s and says what is right', (url, message) => {
    expect(() => parseWay(url)).toThrow(message);
  });

  test('shows no token', () => {
    const url = neighbourUrl('static:a:1').parse('static:a:1');

    expect(url.reveal()).toBe('static:a:1');
    expect(neighbourUrl('static:a:1').parse(undefined).reveal()).toBe('static:a:1');
    expect(JSON.stringify(neighbourUrl('static:a:1').parse('consul://a:1/user?token=hunter2'))).not.toContain(
      'hunter2',
    );
  });
});
