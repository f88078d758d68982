import { describe, expect, test } from 'vitest';
import { describeDriver } from './conformance/suite.ts';
import { openRegistry, openSource } from './open.ts';
import { consulServer, findProgram } from './testing/servers.ts';

const program = findProgram('consul');

if (program === undefined) {
  test('the driver consul', ({ skip }) => skip('needs Consul: in PATH, or named by CONSUL_BIN'));
} else {
  describeDriver('consul', {
    server: async () => consulServer(program),
    serviceUrl: (address, service) => `consul://${address}/${service}?wait=2`,
    registryUrl: (address) => `consul://${address}`,
    async remove(address, _service, id) {
      const answer = await fetch(`http://${address}/v1/agent/service/deregister/${id}`, { method: 'PUT' });
      expect(answer.status).toBe(200);
    },
  });
}

describe('a URL of Consul', () => {
  test.each([
    ['consul:127.0.0.1:8500/user', /is not like consul:/],
    ['consul://127.0.0.1:8500', /names no service/],
    ['consul://127.0.0.1:85000/user', /is not like consul:/],
    ['consul://[::1]:8500/user', /takes an IPv6 address by a name only/],
    ['consul://root:secret@127.0.0.1:8500/user', /^Consul's URLs take no user and password, as in consul:\S+$/],
    ['consul://127.0.0.1:8500/user?color=red&token=secret', /^'color' is unknown here: Consul's URLs take [a-z, ]+$/],
    ['consul://127.0.0.1:8500/user?wait=never', /wait=never/],
  ])('%s is refused as that of a service', (url, message) => {
    expect(() => openSource(url)).toThrow(message);
  });

  test.each([
    ['consul://127.0.0.1:8500/user', /has no path/],
    ['consul://127.0.0.1:8500?check=http', /it is ttl or grpc/],
    ['static:a:1', /has to start with one of: consul:, etcd:/],
  ])('%s is refused as that of a registry', (url, message) => {
    expect(() => openRegistry(url)).toThrow(message);
  });
});
