import assert from 'node:assert/strict';
import type { Clone } from './clone.ts';
import { System } from './system.ts';

/** A part of the journey. Rejects when something does not hold; resolves to a text that is worth telling, or to anything else. */
export interface Step {
  readonly name: string;
  take(clone: Clone, port: number): Promise<unknown>;
}

const payment = 'Payment amount:money state:enum(pending,settled) note:string?';
const amount = { currencyCode: 'EUR', units: '12', nanos: 500_000_000 };

const rule = `const { state } = await this.get(caller, id);
    if (state === 'SETTLED') throw new StatusError('failed_precondition', 'the payment is settled already');
    return this.update(caller, id, { state: 'SETTLED' });`;

const ruleTest = `test('a payment that is settled is not settled again', async () => {
  const { endpoints, repository } = build();
  const payment = aPayment({ state: 'SETTLED' });
  await repository.insert(payment);

  const again = endpoints.settlePayment(requestFor(payment), signedInAs('accounts/admin', ['admin']));

  await expect(again).rejects.toMatchObject({ code: 'failed_precondition' });
});
`;

const concerned = ['apps/payments', 'apps/user-profile-2', 'apps/gateway', 'libs/middleware/src/tenant'];

export const steps: readonly Step[] = [
  {
    name: 'a service that is generated and removed leaves no trace',
    async take(clone) {
      await clone.generate('service', 'audit', '--no-public');
      const made = await clone.changes();
      await clone.generate('remove-service', 'audit');

      assert.ok(made.some((line) => line.endsWith('apps/audit/src/main.ts')));
      assert.deepEqual(await clone.changes(), []);
    },
  },
  {
    name: 'a dry run writes nothing',
    async take(clone) {
      const output = await clone.generate('service', 'payments', '--dry-run');

      assert.match(output, /CREATE apps\/payments\/src\/main\.ts/);
      assert.deepEqual(await clone.changes(), []);
    },
  },
  {
    name: 'two services, a method, a middleware and a client are generated',
    async take(clone) {
      await clone.generate('service', 'payments', '--resource', payment);
      await clone.generate('service', 'user-profile-2');
      await clone.generate('endpoint', 'payments', 'SettlePayment');
      await clone.generate('middleware', 'tenant');
      await clone.generate('client', 'payments');
    },
  },
  {
    name: 'they are edited by hand: the rule of the method, and its test',
    async take(clone) {
      const crypto = "import { randomUUIDv7 } from 'node:crypto';";
      const endpoint = `import { StatusError } from '@${(await brandOf(clone)).name}/endpoint';`;
      await clone.edit('apps/payments/src/service.ts', crypto, `${crypto}\n${endpoint}`);
      await clone.edit('apps/payments/src/service.ts', 'return this.get(caller, id);', rule);
      await clone.edit(
        'apps/payments/src/settle-payment.spec.ts',
        'function build() {',
        `${ruleTest}\nfunction build() {`,
      );
    },
  },
  {
    name: 'generators that run again change nothing',
    async take(clone) {
      const before = await clone.snapshot();

      await clone.generate('service', 'payments', '--resource', payment);
      await clone.generate('endpoint', 'payments', 'SettlePayment');
      await clone.generate('client', 'payments');

      assert.equal(await clone.snapshot(), before);
    },
  },
  {
    name: 'the tests of what is new and of the gateway pass',
    take: async (clone) => countsIn(await clone.run('npm', 'test', '--', ...concerned)),
  },
  {
    name: 'the gateway serves the new routes, to whoever is signed in',
    async take(clone, port) {
      await using system = await System.start(clone, port);
      const { info, paths } = (await system.call('GET /openapi.json')).body;
      const anonymous = await system.call('GET /v1/payments', undefined, { token: '' });
      const made = await system.call('POST /v1/payments', { amount });
      const settled = await system.call(`POST /v1/${made.body.name}:settle`, {});
      const again = await system.call(`POST /v1/${made.body.name}:settle`, {});
      const listed = await system.call('GET /v1/payments?state=STATE_SETTLED');
      const profile = await system.call('POST /v1/userProfile2s', { title: 'Mine' });
      const profiles = await system.call('GET /v1/userProfile2s');

      assert.equal(info.title, (await brandOf(clone)).displayName);
      assert.deepEqual(
        ['/v1/payments', '/v1/payments/{payment}:settle', '/v1/userProfile2s'].filter((path) => !(path in paths)),
        [],
      );
      assert.equal(anonymous.status, 401);
      assert.deepEqual([made.status, made.body.state], [200, 'STATE_PENDING']);
      assert.deepEqual([settled.status, settled.body.state], [200, 'STATE_SETTLED']);
      assert.deepEqual([again.status, again.body.detail], [400, 'the payment is settled already']);
      assert.deepEqual(listed.body.payments, [settled.body]);
      assert.deepEqual(profiles.body.userProfile2s, [profile.body]);
      await clone.run('npm', 'run', 'doctor');
    },
  },
  {
    name: 'the workspace is renamed to acme',
    async take(clone) {
      const { name } = await brandOf(clone);
      await clone.run('git', 'add', '--all');
      await clone.generate('rename', 'acme', '--title', 'Acme Shop');

      const traces = await tracesOf(clone, name);
      assert.deepEqual(
        traces.map((line) => line.replace(/:.*/s, '')),
        ['LICENSE', 'README.md'],
      );
      const before = await clone.snapshot();
      await clone.generate('rename', 'acme', '--title', 'Acme Shop');
      assert.equal(await clone.snapshot(), before);
    },
  },
  {
    name: 'all checks and all tests pass under the new name',
    async take(clone) {
      const checked = await clone.run('npm', 'run', 'check');
      const tested = await clone.run('npm', 'test');
      return `${countsIn(checked)}; ${countsIn(tested)}`;
    },
  },
  {
    name: 'a service is removed from it, and leaves no trace',
    async take(clone) {
      await clone.generate('remove-service', 'user-profile-2', '--force');

      const traces = await tracesOf(clone, 'user[-_]?profile[-_]?2');
      // Their tests and these steps have it as an example.
      const tellers = /^tools\/(nx|journey)\//;
      assert.deepEqual(
        traces.filter((line) => !tellers.test(line)),
        [],
      );
      await clone.run('node', 'node_modules/typescript7/bin/tsc', '-p', 'tsconfig.json');
    },
  },
];

async function brandOf(clone: Clone) {
  return JSON.parse(await clone.read('package.json')) as { name: string; displayName: string }; // As every workspace has it.
}

function countsIn(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? '';
}

/** Lines of files of the repository that have the words. */
async function tracesOf(clone: Clone, words: string): Promise<readonly string[]> {
  await clone.run('git', 'add', '--all');
  const found = await clone.run('bash', '-c', `git grep -inwE '${words}' -- ':!package-lock.json' || true`);
  return found.split('\n').filter((line) => line !== '');
}
