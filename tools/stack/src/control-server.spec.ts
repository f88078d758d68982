import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serveControl } from './control-server.ts';
import { foreignServer } from './databases.ts';
import { requestRoll } from './roll-command.ts';
import { RunningSystem } from './running-system.ts';
import { System } from './system.ts';
import { program, reported, serving } from './testing/programs.ts';

describe('the control interface of a system', () => {
  let running: RunningSystem;
  let control: Awaited<ReturnType<typeof serveControl>>;

  beforeEach(async () => {
    const programs = await Promise.all(['user.1', 'user.2'].map((name) => program(name, serving)));
    const { report } = reported();
    const system = new System(programs, report);
    const instances = programs.map(({ name, service }) => ({ name, service, ports: { admin: 1 } }));
    const cleanup = new AsyncDisposableStack();
    cleanup.defer(() => system.stop());
    running = new RunningSystem({
      system,
      ready: system.start(),
      cleanup,
      postgres: foreignServer('postgres://127.0.0.1:1/'),
      layout: { instances, postgres: 1, consul: { http: 1, server: 1, gossip: 1 } },
      report,
      consul: undefined,
    });
    control = await serveControl(running);
    await running.ready;
  });

  afterEach(async () => {
    await control.close();
    running.kill();
    await running.stop();
  });

  test('rolls, telling each step', async () => {
    const before = running.pid('user.2');
    const steps: string[] = [];

    await requestRoll(control, ['user.2'], (text) => steps.push(text));

    expect(steps).toEqual(['user.2 stops', expect.stringMatching(/^user\.2 serves again/)]);
    expect(running.pid('user.2')).not.toBe(before);
  });

  test('says why it does not roll', async () => {
    await expect(requestRoll(control, ['order'], () => {})).rejects.toThrow("nothing here is called 'order'");
  });

  test('rolls once at a time', async () => {
    const underWay = Promise.withResolvers<string>();
    const first = requestRoll(control, [], underWay.resolve);
    await underWay.promise;

    const second = requestRoll(control, [], () => {});

    await expect(second).rejects.toThrow('another roll is under way');
    await first;
  });

  test('stops and starts an instance', async () => {
    const { pid } = running.instance('user.1');

    await ask('/stop?name=user.1');
    const stopped = running.pid('user.1');
    await ask('/start?name=user.1');
    await running.serving('user.1');

    expect(pid).toBeDefined();
    expect(stopped).toBeUndefined();
    expect(running.pid('user.1')).not.toBe(pid);
  });

  test("does not stop what is not the system's", async () => {
    expect(await ask('/stop?name=postgres')).toEqual({ refused: 'Postgres is not of this system' });
    expect(await ask('/stop?name=consul')).toMatchObject({ refused: expect.stringContaining('consul') as string });
  });

  test('complies with nobody who does not have the token', async () => {
    const answers = await Promise.all([
      fetch(`${control.url}/stop?name=user.1`, { method: 'POST' }),
      fetch(`${control.url}/stop?name=user.1`, { method: 'POST', headers: { authorization: 'Bearer guess' } }),
      fetch(`${control.url}/stop?name=user.1`, { headers: { authorization: `Bearer ${control.token}` } }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(running.pid('user.1')).toBeDefined();
  });

  async function ask(path: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${control.token}` };
    const answer = await fetch(control.url + path, { method: 'POST', headers });
    return answer.json();
  }
});
