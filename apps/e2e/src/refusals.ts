import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectProblem, password, tea, type Caller, type Person } from './client.ts';

/** What the system refuses, and how it says so. */
export function refusals(api: Caller): void {
  describe('refusals', () => {
    let ada: Person;

    beforeAll(async () => (ada = await api.register()));

    test('a wrong password and an unknown user, in the same words', async () => {
      const wrong = await api.call('POST /v1/sessions', { body: { email: ada.email, password: 'not the password' } });
      const unknown = await api.call('POST /v1/sessions', { body: { email: 'nobody@example.com', password } });

      expectProblem(wrong, 401, { code: 'unauthenticated', reason: 'CREDENTIALS_INVALID' });
      expect(unknown.body).toMatchObject({ status: 401, detail: wrong.body.detail, reason: wrong.body.reason });
    });

    test('a request without a token, and what is no token', async () => {
      const without = await api.call('GET /v1/orders');

      expectProblem(without, 401, { code: 'unauthenticated' });
      expect(without.headers.get('www-authenticate')).toContain('Bearer');
      expectProblem(await api.call('GET /v1/orders', { token: 'x' }), 401, { reason: 'TOKEN_INVALID' });
    });

    test('tokens that are expired, signed by another key, by none, or by the public key as a secret', async () => {
      const [header = '', payload = ''] = ada.token.split('.');
      const claims = decode(payload);
      const [key = {}] = (await api.call('GET /.well-known/jwks.json')).body.keys;
      const pem = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
      const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
      const signed = (head: object, body: object) => {
        const text = `${encode(head)}.${encode(body)}`;
        return `${text}.${sign('sha256', Buffer.from(text), { key: other, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
      };
      const confused = `${encode({ ...decode(header), alg: 'HS256' })}.${payload}`;
      const forged = {
        'another key': signed(decode(header), claims),
        'an unknown key': signed({ ...decode(header), kid: 'mine' }, claims),
        expired: signed(decode(header), { ...claims, exp: 1 }),
        none: `${encode({ ...decode(header), alg: 'none' })}.${payload}.`,
        'the public key as a secret': `${confused}.${createHmac('sha256', pem).update(confused).digest('base64url')}`,
      };

      for (const token of Object.values(forged)) {
        expectProblem(await api.call('GET /v1/orders', { token }), 401, { code: 'unauthenticated' });
      }
    });

    test('malformed JSON, an unknown field, a field of another type', async () => {
      const { token } = ada;
      const post = (body: unknown) => api.call('POST /v1/orders', { token, body });

      expectProblem(await post('{"lines": ['), 400, { code: 'invalid_argument' });
      expectProblem(await post({ lines: [tea], discount: 5 }), 400, {
        violations: [expect.objectContaining({ field: expect.stringContaining('discount') as string }) as object],
      });
      expectProblem(await post({ lines: [{ ...tea, quantity: 'many' }] }), 400, { code: 'invalid_argument' });
    });

    test('values that break the rules of the contract, all of them named', async () => {
      const answer = await api.call('POST /v1/orders', {
        token: ada.token,
        body: {
          lines: [
            { ...tea, quantity: 0 },
            { ...tea, sku: '' },
          ],
        },
      });

      expectProblem(answer, 400, { code: 'invalid_argument', reason: 'INVALID_REQUEST' });
      expect(answer.body.violations.map(({ field }) => field)).toEqual(['lines[0].quantity', 'lines[1].sku']);
    });

    test('a body of 10 MB', async () => {
      const answer = await api.call('POST /v1/orders', {
        token: ada.token,
        body: JSON.stringify('x'.repeat(10_000_000)),
      });

      expectProblem(answer, 413, { reason: 'BODY_TOO_LARGE' });
    });

    test('a page token that is none', async () => {
      const answer = await api.call('GET /v1/orders?pageToken=x', { token: ada.token });

      expectProblem(answer, 400, { violations: [expect.objectContaining({ field: 'page_token' }) as object] });
    });

    test("another user's order, as if there were none", async () => {
      const { body: order } = await api.order(ada.token);
      const eve = await api.register();

      expectProblem(await api.call(`GET /v1/${order.name}`, { token: eve.token }), 404, { code: 'not_found' });
      expectProblem(await api.call(`POST /v1/${order.name}:cancel`, { token: eve.token, body: {} }), 404, {});
    });

    test('an unknown route, and a known one by another method', async () => {
      expectProblem(await api.call('GET /v1/nothing'), 404, { code: 'not_found' });
      const answer = await api.call('DELETE /v1/orders');

      expectProblem(answer, 405, {});
      expect(answer.headers.get('allow')).toContain('GET');
    });

    test('what takes longer than the caller would wait', async () => {
      // A password takes longer to check than that.
      const body = { email: ada.email, password };

      const answer = await api.call('POST /v1/sessions', { body, headers: { 'x-request-timeout-ms': '1' } });

      expectProblem(answer, 504, { code: 'deadline_exceeded' });
    });

    test('an answer names the request that it answers', async () => {
      const headers = { 'x-request-id': 'my-request-1' };

      expect((await api.call('GET /v1/nothing', { headers })).body.request_id).toBe('my-request-1');
      expect((await api.call('GET /v1/orders', { token: ada.token, headers })).headers.get('x-request-id')).toBe(
        'my-request-1',
      );
    });
  });
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function decode(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
}
