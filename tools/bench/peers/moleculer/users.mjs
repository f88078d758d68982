// The user service: a node at RPC_ADDRESS.
import { readFileSync } from 'node:fs';
import { Errors } from 'moleculer';
import { createBroker } from './broker.mjs';

const registered = '2026-01-01T00:00:00Z';
const users = new Map(
  JSON.parse(readFileSync(process.env.USERS_FILE, 'utf8')).map(({ id, email, displayName }) => [
    id,
    {
      name: `users/${id}`,
      email,
      displayName,
      state: 'STATE_ACTIVE',
      roles: [],
      createTime: registered,
      updateTime: registered,
    },
  ]),
);

const broker = createBroker('users', { port: Number(process.env.RPC_ADDRESS.split(':')[1]) });
broker.createService({
  name: 'users',
  actions: {
    get: {
      params: { id: 'uuid' },
      handler({ params }) {
        const user = users.get(params.id);
        if (user === undefined) throw new Errors.MoleculerClientError('user not found', 404, 'NOT_FOUND');
        return user;
      },
    },
  },
});
await broker.start();
