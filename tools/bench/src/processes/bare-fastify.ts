import { bearer, keySet } from '@ko/middleware';
import Fastify from 'fastify';
import { readMemory } from '../subjects/memory.ts';

// The least that could be done: the same check of the token, the user from memory, and nothing else.
const {
  USERS_FILE = '',
  KEY_SET_FILE = '',
  PORT = '',
  TOKEN_ISSUER: issuer = '',
  TOKEN_AUDIENCE: audience = '',
} = process.env;
const { users, keys } = readMemory({ USERS_FILE, KEY_SET_FILE });
const tokens = bearer(
  keySet(() => Promise.resolve(keys)),
  { issuer, audience },
);
const app = Fastify();

app.get<{ Params: { readonly id: string } }>(
  '/v1/users/:id',
  async ({ headers: { authorization = '' }, params }, reply) => {
    try {
      await tokens.authenticate(authorization.slice('Bearer '.length));
    } catch {
      return reply.code(401).send({ title: 'unauthenticated' });
    }
    return users.get(`users/${params.id}`) ?? reply.code(404).send({ title: 'not found' });
  },
);

await app.listen({ host: '127.0.0.1', port: Number(PORT) });
process.once('SIGTERM', () => void app.close());
