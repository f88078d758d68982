import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { expectProblem, tea, type Caller } from './client.ts';

/** What people do with the system. */
export function journeys(api: Caller): void {
  describe('journeys', () => {
    test('register, sign in, order, list, pay; a paid order cannot be cancelled', async () => {
      const { token, name } = await api.register();

      const { status, body: order } = await api.order(token);
      const listed = await api.call('GET /v1/orders?pageSize=10', { token });
      const paid = await api.call(`POST /v1/${order.name}:pay`, { token, body: { paymentReference: 'PAY-1' } });
      const cancelled = await api.call(`POST /v1/${order.name}:cancel`, { token, body: {} });

      expect(status).toBe(200);
      expect(order).toMatchObject({ customer: name, state: 'STATE_PENDING', lines: [tea] });
      expect(order.total).toEqual({ currencyCode: 'EUR', units: '13', nanos: 500_000_000 });
      expect(listed.body.orders).toEqual([order]);
      expect(paid.body).toMatchObject({ state: 'STATE_PAID', paymentReference: 'PAY-1' });
      expectProblem(cancelled, 400, { code: 'failed_precondition', reason: 'ORDER_NOT_PENDING' });
    });

    test('one Idempotency-Key gives one order and one answer, also at once', async () => {
      const { token } = await api.register();
      const headers = { 'idempotency-key': randomUUID() };

      const [first, ...others] = await Promise.all([1, 2, 3].map(() => api.order(token, headers)));
      const later = await api.order(token, headers);

      expect(first?.status).toBe(200);
      for (const other of [...others, later]) expect(other.body).toEqual(first?.body);
      expect((await api.call('GET /v1/orders', { token })).body.orders).toHaveLength(1);
    });

    test('a list goes on by its page token, and filters by state', async () => {
      const { token } = await api.register();
      for (let i = 0; i < 3; i++) await api.order(token);

      const one = await api.call('GET /v1/orders?pageSize=2', { token });
      const two = await api.call(`GET /v1/orders?pageSize=2&pageToken=${one.body.nextPageToken}`, { token });
      const paid = await api.call('GET /v1/orders?state=STATE_PAID', { token });

      expect([one.body.orders.length, two.body.orders.length, two.body.nextPageToken]).toEqual([2, 1, '']);
      expect(paid.body.orders).toEqual([]);
    });

    test('all orders stream as lines of JSON or as events', async () => {
      const { token } = await api.register();
      await api.order(token);
      await api.order(token);

      const lines = await api.call('GET /v1/orders:export', { token });
      const events = await api.call('GET /v1/orders:export', { token, headers: { accept: 'text/event-stream' } });

      expect(
        lines.text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as object),
      ).toMatchObject([{ result: { state: 'STATE_PENDING' } }, { result: { state: 'STATE_PENDING' } }]);
      expect(events.headers.get('content-type')).toContain('text/event-stream');
      expect(events.text.match(/^data: /gm)?.length).toBeGreaterThanOrEqual(2);
    });

    test('a refresh token is good once; using it again ends the session', async () => {
      const { refreshToken } = await api.register();
      const refresh = (token: string) => api.call('POST /v1/sessions:refresh', { body: { refreshToken: token } });

      const first = await refresh(refreshToken);
      const again = await refresh(refreshToken);
      const after = await refresh(first.body.refreshToken);

      expect(first.status).toBe(200);
      expectProblem(again, 401, { code: 'unauthenticated' });
      expectProblem(after, 401, { code: 'unauthenticated' });
    });

    test('signing out ends one session or all of them', async () => {
      const { email, token, refreshToken } = await api.register();
      const other = await api.signIn(email);
      const refresh = (of: string) => api.call('POST /v1/sessions:refresh', { body: { refreshToken: of } });

      await api.call('POST /v1/sessions:signOut', { token, body: {} });
      const ended = await refresh(refreshToken);
      const going = await refresh(other.refreshToken);
      await api.call('POST /v1/sessions:signOut', { token, body: { allSessions: true } });
      const allEnded = await refresh(going.body.refreshToken);

      expect([ended.status, going.status, allEnded.status]).toEqual([401, 200, 401]);
    });

    test('an administrator disables a user, who then neither refreshes nor orders', async () => {
      const admin = await api.signIn('admin@example.com');
      const { token, refreshToken, name } = await api.register();

      const users = await api.call('GET /v1/users?pageSize=5', { token: admin.token });
      const disabled = await api.call(`POST /v1/${name}:disable`, { token: admin.token, body: {} });

      expect(users.body.users.length).toBeGreaterThan(0);
      expect(disabled.body).toMatchObject({ name, state: 'STATE_DISABLED' });
      expectProblem(await api.call('POST /v1/sessions:refresh', { body: { refreshToken } }), 401, {});
      expectProblem(await api.order(token), 400, { code: 'failed_precondition', reason: 'CUSTOMER_NOT_ACTIVE' });
      expectProblem(await api.call('GET /v1/users', { token }), 403, { reason: 'ROLE_REQUIRED' });
    });

    test('the API is documented, and a page shows it', async () => {
      const document = await api.call('GET /openapi.json');
      const page = await api.call('GET /docs/');

      expect(document.body).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) as string });
      expect(Object.keys(document.body.paths)).toContain('/v1/orders');
      expect(page.headers.get('content-type')).toContain('text/html');
    });
  });
}
