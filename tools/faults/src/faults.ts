import { setTimeout as delay } from 'node:timers/promises';
import type { Sample } from './load.ts';
import type { Phases } from './report.ts';
import type { Target } from './target.ts';

/** Something that goes wrong, and what must hold nevertheless. */
export interface Fault {
  readonly name: string;
  /** Does it, and resolves when it is over. `shorter` is for a first look. */
  inflict(target: Target, shorter: boolean): Promise<void>;
  /** What did not hold. That acknowledged writes are there must hold always. */
  judge(samples: readonly Sample[], phases: Phases): readonly string[];
}

/** Milliseconds in which callers may fail with an instance that has gone without a word. */
const notice = 1_000;

/** All that is tried, in this order. */
export const faults: readonly Fault[] = [
  { name: 'rolling restart of user', inflict: (target) => target.roll('user'), judge: nothingFails },
  { name: 'rolling restart of order', inflict: (target) => target.roll('order'), judge: nothingFails },
  { name: 'rolling restart of the gateway', inflict: (target) => target.roll('gateway'), judge: nothingFails },
  {
    name: 'SIGKILL of an instance of order',
    async inflict(target) {
      target.signal('order.1', 'SIGKILL');
      await delay(10_000);
    },
    judge: recoversSoon,
  },
  {
    name: 'SIGKILL of an instance of user',
    async inflict(target) {
      target.signal('user.2', 'SIGKILL');
      await delay(10_000);
    },
    judge: recoversSoon,
  },
  {
    name: 'SIGSTOP of an instance of order',
    inflict: (target) => hang(target, 'order.2'),
    judge: recoversSoon,
  },
  {
    name: 'SIGSTOP of an instance of user',
    inflict: (target) => hang(target, 'user.1'),
    judge: recoversSoon,
  },
  {
    name: 'Consul stopped, and back with nothing in it',
    async inflict(target, shorter) {
      await target.stop('consul');
      await delay(shorter ? 10_000 : 60_000);
      await target.start('consul');
      await delay(10_000);
    },
    judge: nothingFails,
  },
  {
    name: 'Postgres restarted',
    async inflict(target) {
      await target.stop('postgres');
      await target.start('postgres');
      await delay(8_000);
    },
    judge: recoversAfter,
  },
  {
    name: '2 s of latency before an instance of order',
    async inflict(target) {
      target.slow(2_000);
      await delay(12_000);
      target.slow(0);
    },
    judge: nothingFails,
  },
];

async function hang(target: Target, instance: string): Promise<void> {
  target.signal(instance, 'SIGSTOP');
  await delay(15_000);
  target.signal(instance, 'SIGCONT');
}

function nothingFails(samples: readonly Sample[]): readonly string[] {
  return complaint('requests failed', failures(samples));
}

function recoversSoon(samples: readonly Sample[], { fault }: Phases): readonly string[] {
  const late = failures(samples).filter(({ start }) => start > fault + notice);
  return complaint(`requests failed that were sent more than ${notice} ms after it began`, late);
}

function recoversAfter(samples: readonly Sample[], { over }: Phases): readonly string[] {
  return complaint(
    'requests failed after it was over',
    failures(samples).filter(({ start }) => start > over),
  );
}

function failures(samples: readonly Sample[]): readonly Sample[] {
  return samples.filter(({ failure }) => failure !== undefined);
}

function complaint(what: string, failed: readonly Sample[]): readonly string[] {
  const [first] = failed;
  return first === undefined ? [] : [`${failed.length} ${what}, the first with: ${String(first.failure)}`];
}
