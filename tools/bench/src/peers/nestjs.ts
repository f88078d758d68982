import { installNpm, nodePrograms, versionsOf } from './npm.ts';
import type { Peer } from './peer.ts';

export const nestjs: Peer = {
  name: 'NestJS',
  kind: 'peer',
  tokens: 'HS256',
  differs: [
    'Tokens are signed with HS256, a cheaper check than that of ES256, and each is checked: it keeps none that it knows.',
    'It has no circuit breaker, no deadline that is passed on, no load shedding, no tracing and no load balancing of its own.',
    'Its service trusts the gateway, checks no token, and writes no log.',
    'It is tuned: Fastify below it, a key made once, windows of its throttler short, as it walks all requests of one.',
  ],
  async install(folder) {
    await installNpm('nestjs', folder, ['node_modules/typescript/bin/tsc']);
    const packages = ['@nestjs/core', '@nestjs/microservices', '@grpc/grpc-js', 'fastify', 'nestjs-pino'];
    const files = { gateway: 'dist/gateway/main.js', users: 'dist/users/main.js' };

    return {
      version: await versionsOf(folder, packages),
      programs: async (scenario) => nodePrograms('nestjs', folder, scenario, files),
    };
  },
};
