import { known, node } from './own.ts';
import type { Subject } from './subject.ts';

/** What any gateway on Fastify costs at least. */
export const bareFastify: Subject = {
  name: 'Fastify with JWT',
  tokens: 'ES256',
  programs: (scenario) =>
    Promise.resolve({
      gateway: node('bare-fastify', 'tools/bench/src/processes/bare-fastify.ts', {
        ...known(scenario),
        PORT: String(scenario.ports.http),
      }),
      backends: [],
    }),
};
