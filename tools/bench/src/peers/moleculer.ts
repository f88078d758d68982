import { installNpm, nodePrograms, versionsOf } from './npm.ts';
import type { Peer } from './peer.ts';

export const moleculer: Peer = {
  name: 'Moleculer',
  kind: 'peer',
  tokens: 'HS256',
  differs: [
    'Tokens are signed with HS256, a cheaper check than that of ES256, and each is checked: it keeps none that it knows.',
    'Processes speak a protocol of its own over TCP, with JSON in it, and the port of a node is open to all of the network.',
    'Its service trusts the gateway, checks no token, and writes no log.',
    'Its line of log has no id of the request. As with ko, traces are named and none is kept.',
  ],
  async install(folder) {
    await installNpm('moleculer', folder);
    const files = { gateway: 'gateway.mjs', users: 'users.mjs' };

    return {
      version: await versionsOf(folder, ['moleculer', 'moleculer-web', 'jsonwebtoken']),
      programs: async (scenario) => nodePrograms('moleculer', folder, scenario, files),
    };
  },
};
