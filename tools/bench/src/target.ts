import { wireFormat, type HttpRequest } from './http-request.ts';
import type { Program, Scenario } from './peers/peer.ts';
import { RunningProgram } from './running-program.ts';
import type { Site } from './site.ts';
import type { Subject } from './subjects/subject.ts';
import { untilAnswered } from './until.ts';
import type { World } from './world.ts';

/** Something that runs, and what to ask it. */
export interface Target {
  readonly name: string;
  readonly port: number;
  readonly requests: readonly string[];
  /** Requests per second that it gets; as many as it can answer, unless said. */
  readonly rate?: number;
  /** Ids of its processes, by what they are: `gateway`, `service`. */
  readonly parts: Readonly<Record<string, readonly number[]>>;
  /** Throws when a process has ended. */
  check(): void;
}

/**
 * Starts the processes of a subject, which are stopped with the stack. Resolves when it answers as it should. It is asked
 * for some of the users, for all of them unless said.
 */
export async function startSubject(
  subject: Subject,
  site: Site,
  stack: AsyncDisposableStack,
  users = site.world.users,
): Promise<Target & { readonly scenario: Scenario }> {
  const { world, folder } = site;
  const [http = 0, rpc = 0, gatewayMetrics = 0, serviceMetrics = 0] = site.ports(4);
  const { usersFile, keySetFile, secret, issuer, audience } = world;
  const ports = { http, rpc, gatewayMetrics, serviceMetrics };
  const scenario: Scenario = { usersFile, keySetFile, secret, issuer, audience, folder, ports };
  const programs = await subject.programs(scenario);
  const backends = programs.backends.map((program) => startProgram(program, site, stack, 'back'));
  const gateway = startProgram(programs.gateway, site, stack, 'front');
  const check = checkOf([gateway, ...backends]);
  const { path, token } = requestFor(users[0]?.id ?? '', subject, world);
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  await untilAnswered(`http://127.0.0.1:${http}${path}`, { headers }, { check });
  return {
    name: subject.name,
    port: http,
    scenario,
    requests: users.map(({ id }) => wireFormat(requestFor(id, subject, world))),
    parts: {
      gateway: [gateway.pid],
      ...(backends.length > 0 && { service: backends.map(({ pid }) => pid) }),
    },
    check,
  };
}

/** Starts a program, which is stopped with the stack. It runs on any core unless said. */
export function startProgram(
  program: Program,
  { folder, cores }: Pick<Site, 'folder' | 'cores'>,
  stack: AsyncDisposableStack,
  core?: keyof Site['cores'],
): RunningProgram {
  if (stack.disposed) throw new Error('the run has ended');
  return stack.adopt(new RunningProgram(program, { folder, core: core && cores[core] }), (one) => one.stop());
}

/** Throws when one of the programs has ended. Keeps their logs from growing for ever. */
export function checkOf(programs: readonly RunningProgram[]): () => void {
  return () => {
    for (const program of programs) {
      if (program.hasEnded) throw new Error(`${program.name} has ended:\n${program.lastWords}`);
      program.trimLog();
    }
  };
}

function requestFor(id: string, { tokens }: Subject, world: World): HttpRequest {
  return { method: 'GET', path: `/v1/users/${id}`, token: tokens === 'none' ? undefined : world.token(id, tokens) };
}
