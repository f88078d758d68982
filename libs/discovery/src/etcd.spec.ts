import { expect, describe, test } from 'vitest';
import { describeDriver } from './conformance/suite.ts';
import { Etcd } from './etcd-client.ts';
import { openRegistry, openSource } from './open.ts';
import { etcdServer, findProgram } from './testing/servers.ts';

const program = findProgram('etcd');

if (program === undefined) {
  test('the driver etcd', ({ skip }) => skip('needs etcd: in PATH, or named by ETCD_BIN'));
} else {
  describeDriver('etcd', {
    server: async () => etcdServer(program),
    serviceUrl: (address, service) => `etcd://${address}/${service}?wait=2`,
    registryUrl: (address) => `etcd://${address}`,
    remove: async (address, service, id) =>
      new Etcd([address], false).delete(`services/${service}/${id}`, AbortSignal.timeout(5_000)),
  });
}

describe('a URL of etcd', () => {
  test.each([
    ['etcd:127.0.0.1:2379/user', /is not like etcd:/],
    ['etcd://127.0.0.1/user', /is not like etcd:/],
    ['etcd://127.0.0.1:2379', /names no service/],
    ['etcd://127.0.0.1:2379/user?token=x', /'token' is unknown here/],
    ['etcd://127.0.0.1:2379/user?tls=yes', /tls=yes: it is true or false/],
    ['etcd://127.0.0.1:2379/user?wait=300', /from 1 to 99/],
    ['etcd://root:secret@127.0.0.1:2379/user', /^etcd's URLs take no user and password, as in etcd:\S+$/],
  ])('%s is refused as that of a service', (url, message) => {
    expect(() => openSource(url)).toThrow(message);
  });

  test('is refused as that of a registry when it names a service', () => {
    expect(() => openRegistry('etcd://127.0.0.1:2379/user')).toThrow(/has no path/);
  });
});
