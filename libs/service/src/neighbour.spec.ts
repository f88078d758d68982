import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, StatusError } from '@ko/endpoint';
import { grpcServer, serve, type GrpcServer } from '@ko/transport';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseConfig, processConfig } from './config.ts';
import { anyReachable, Neighbour } from './neighbour.ts';
import { Secret } from './secret.ts';
import { createTelemetry } from './telemetry.ts';
import { echoes } from './testing/echo.ts';

const config = parseConfig(processConfig, { LOG_LEVEL: 'silent', HEDGE_AFTER: '0' });
const telemetry = createTelemetry('test', config);

async function neighbourAt(...addresses: readonly string[]): Promise<Neighbour> {
  const neighbour = new Neighbour('echo', new Secret(`static:${addresses.join(',')}?balancer=round_robin`), {
    config,
    telemetry,
  });
  await neighbour.start();
  onTestFinished(async () => neighbour.stop());
  return neighbour;
}

async function serverAt(address = '127.0.0.1:0'): Promise<GrpcServer> {
  const server = grpcServer(address);
  serve(
    server,
    ConformanceService,
    echoes(() => server.address),
  );
  await server.start();
  onTestFinished(async () => server.stop(0));
  return server;
}

/** A server in a process of its own, that can be hung and killed. */
async function processAt(): Promise<{ readonly child: ChildProcess; readonly address: string }> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'testing/echo-process.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [address] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, address };
}

/** Who answers, or the code of the failure. */
async function ask(neighbour: Neighbour, timeout = 5_000): Promise<string> {
  const { echo } = neighbour.connect(ConformanceService);
  const deadline = Date.now() + timeout;
  try {
    return (await echo({}, createContext({ deadline }))).name;
  } catch (error) {
    return StatusError.from(error).code;
  }
}

async function askUntil(neighbour: Neighbour, isIt: (answer: string) => boolean): Promise<void> {
  while (!isIt(await ask(neighbour)));
}

describe('a neighbour', () => {
  test('is reached at all of its instances', async () => {
    const [one, two] = [await serverAt(), await serverAt()];
    const neighbour = await neighbourAt(one.address, two.address);
    await askUntil(neighbour, (answer) => answer === one.address);
    await askUntil(neighbour, (answer) => answer === two.address);

    const answers = [await ask(neighbour), await ask(neighbour)];

    expect(new Set(answers)).toEqual(new Set([one.address, two.address]));
    expect(neighbour.warning()).toBeUndefined();
    await expect(anyReachable([neighbour]).ready?.()).resolves.toBeUndefined();
  });

  test.each(['zone=north', 'split=2:100'])(
    'is called at the instances that %s prefers, while they can be',
    async (preference) => {
      const [wanted, other] = [await serverAt(), await serverAt()];
      const addresses = [`${wanted.address};zone=north;version=2`, `${other.address};zone=south;version=1`];
      const url = `static:${addresses.join(',')}?balancer=round_robin&${preference}`;
      const neighbour = new Neighbour('echo', new Secret(url), { config, telemetry });
      await neighbour.start();
      onTestFinished(async () => neighbour.stop());
      await expect.poll(() => neighbour.view.instances.map(({ link }) => link)).toEqual(['serving', 'serving']);

      const answers = await Promise.all(Array.from({ length: 10 }, () => ask(neighbour)));
      await wanted.stop(0);
      await askUntil(neighbour, (answer) => answer === other.address);

      expect(new Set(answers)).toEqual(new Set([wanted.address]));
    },
  );

  test('that is not there yet is waited for by nobody, and found when it comes', async () => {
    const later = await serverAt();
    await later.stop(0);
    const neighbour = await neighbourAt(later.address);
    await expect.poll(() => ask(neighbour)).toBe('unavailable');

    const warning = neighbour.warning();
    await serverAt(later.address);

    expect(warning).toBe('no instance of echo can be reached');
    await askUntil(neighbour, (answer) => answer === later.address);
  });

  test('loses no call while an instance of it stops', async () => {
    const [one, two] = [await serverAt(), await serverAt()];
    const neighbour = await neighbourAt(one.address, two.address);
    await askUntil(neighbour, (answer) => answer === one.address);
    await askUntil(neighbour, (answer) => answer === two.address);

    one.drain();
    const stopped = ask(neighbour).then(async () => one.stop());
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(neighbour)));
    await stopped;
    const afterwards = await Promise.all(Array.from({ length: 10 }, () => ask(neighbour)));

    expect(answers.filter((answer) => !answer.startsWith('127.0.0.1'))).toEqual([]);
    expect(new Set(afterwards)).toEqual(new Set([two.address]));
  });

  test('is called at the others when an instance of it is killed', async () => {
    const [one, { child, address }] = [await serverAt(), await processAt()];
    const neighbour = await neighbourAt(one.address, address);
    await askUntil(neighbour, (answer) => answer === address);

    child.kill('SIGKILL');
    await once(child, 'exit');
    await expect.poll(() => neighbour.view.instances.map(({ link }) => link)).toEqual(['serving', 'unreachable']);

    expect(await Promise.all(Array.from({ length: 5 }, () => ask(neighbour)))).toEqual(Array(5).fill(one.address));
  });

  test('is called at the others when an instance of it hangs, and there again when it goes on', async () => {
    const [one, { child, address }] = [await serverAt(), await processAt()];
    const neighbour = await neighbourAt(one.address, address);
    await askUntil(neighbour, (answer) => answer === address);

    child.kill('SIGSTOP');
    void ask(neighbour, 3_000);
    void ask(neighbour, 3_000);
    await expect.poll(() => neighbour.view.instances[1]?.circuit.state, { timeout: 5_000 }).toBe('open');
    const meanwhile = await Promise.all(Array.from({ length: 5 }, () => ask(neighbour)));
    child.kill('SIGCONT');

    expect(meanwhile).toEqual(Array(5).fill(one.address));
    await askUntil(neighbour, (answer) => answer === address);
  });
});
