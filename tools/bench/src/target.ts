import { setTimeout as delay } from 'node:timers/promises';
import { wireFormat, type HttpRequest } from './http-request.ts';
import type { Programs, Scenario } from './peers/peer.ts';
import { RunningProgram } from './running-program.ts';
import type { Subject } from './subjects/subject.ts';
import type { World } from './world.ts';

/** What a run has: its users, its folder, and where who runs. */
export interface Site {
  readonly world: World;
  readonly folder: string;
  readonly cores: { readonly front: number; readonly back: number; readonly load: number };
  /** So many free ports, not handed out before. */
  ports(count: number): readonly number[];
}

/** Something that runs, and what to ask it. */
export interface Target {
  readonly name: string;
  readonly port: number;
  readonly requests: readonly string[];
  /** Ids of its processes, by what they are: `gateway`, `service`. */
  readonly parts: Readonly<Record<string, readonly number[]>>;
  /** Throws when a process has ended. */
  check(): void;
}

/** Milliseconds that a subject may take until it answers. */
const startTimeout = 60_000;

/** Starts the processes of a subject, which are stopped with the stack. Resolves when it answers as it should. */
export async function startSubject(subject: Subject, site: Site, stack: AsyncDisposableStack): Promise<Target> {
  const { world, folder, cores } = site;
  const [http = 0, rpc = 0, gatewayMetrics = 0, serviceMetrics = 0] = site.ports(4);
  const { usersFile, keySetFile, secret, issuer, audience } = world;
  const ports = { http, rpc, gatewayMetrics, serviceMetrics };
  const scenario: Scenario = { usersFile, keySetFile, secret, issuer, audience, folder, ports };
  const programs = await subject.programs(scenario);
  const { gateway, backends } = startPrograms(programs, { folder, front: cores.front, back: cores.back }, stack);
  const all = [gateway, ...backends];
  const check = (): void => {
    for (const program of all) {
      if (program.hasEnded) throw new Error(`${program.name} has ended:\n${program.lastWords}`);
      program.trimLog();
    }
  };
  await answers(http, requestFor(world.users[0]?.id ?? '', subject, world), check);
  return {
    name: subject.name,
    port: http,
    requests: world.users.map(({ id }) => wireFormat(requestFor(id, subject, world))),
    parts: {
      gateway: [gateway.pid],
      ...(backends.length > 0 && { service: backends.map(({ pid }) => pid) }),
    },
    check,
  };
}

function startPrograms(
  { gateway, backends }: Programs,
  { folder, front, back }: { readonly folder: string; readonly front: number; readonly back: number },
  stack: AsyncDisposableStack,
) {
  const start = (program: Programs['gateway'], core: number) =>
    stack.adopt(new RunningProgram(program, { folder, core }), (one) => one.stop());
  return { backends: backends.map((program) => start(program, back)), gateway: start(gateway, front) };
}

function requestFor(id: string, { tokens }: Subject, world: World): HttpRequest {
  return { method: 'GET', path: `/v1/users/${id}`, token: tokens === 'none' ? undefined : world.token(id, tokens) };
}

/** Resolves when a server answers a request with 200. Rejects when it takes too long, or when the check throws. */
export async function answers(port: number, { method, path, token }: HttpRequest, check: () => void): Promise<void> {
  const late = performance.now() + startTimeout;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  let last = 'nothing';
  while (performance.now() < late) {
    check();
    try {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers,
        signal: AbortSignal.timeout(2_000),
      });
      const text = await response.text();
      if (response.status === 200) return;
      last = `${response.status} ${text.slice(0, 300)}`;
    } catch {
      // It does not listen yet.
    }
    await delay(50);
  }
  throw new Error(`port ${port} does not answer as it should: ${last}`);
}
