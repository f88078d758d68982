// The gateway: HTTP at HTTP_ADDRESS, a node that knows the user service at RPC_ADDRESS.
import { createSecretKey, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import jwt from 'jsonwebtoken';
import ApiGateway from 'moleculer-web';
import { createBroker } from './broker.mjs';

const { HTTP_ADDRESS, JWT_AUDIENCE, JWT_ISSUER, JWT_SECRET, RPC_ADDRESS } = process.env;
const [host, port] = HTTP_ADDRESS.split(':');
const key = createSecretKey(JWT_SECRET, 'utf8');
const verify = promisify(jwt.verify);
const { UnAuthorizedError, ERR_INVALID_TOKEN, ERR_NO_TOKEN } = ApiGateway.Errors;

const broker = createBroker('gateway', { urls: [`${RPC_ADDRESS}/users`] });
broker.createService({
  name: 'api',
  mixins: [ApiGateway],
  settings: {
    ip: host,
    port: Number(port),
    etag: false,
    // One line per request: that of the response.
    logRequest: null,
    rateLimit: { window: 60_000, limit: 1_000_000_000, headers: false },
    rootCallOptions: (options) => void (options.requestID ??= randomUUID()),
    routes: [
      {
        path: '/v1',
        authentication: true,
        bodyParsers: false,
        aliases: { 'GET users/:id': 'users.get' },
        mappingPolicy: 'restrict',
      },
    ],
  },
  methods: {
    async authenticate(_context, _route, request) {
      const [type, token] = request.headers.authorization?.split(' ') ?? [];
      if (type !== 'Bearer' || token === undefined) throw new UnAuthorizedError(ERR_NO_TOKEN);
      try {
        return await verify(token, key, { algorithms: ['HS256'], issuer: JWT_ISSUER, audience: JWT_AUDIENCE });
      } catch {
        throw new UnAuthorizedError(ERR_INVALID_TOKEN);
      }
    },
  },
});
await broker.start();
await broker.waitForServices('users');
