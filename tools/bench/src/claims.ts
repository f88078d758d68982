import { cpu, ratios, type Results } from './results.ts';
import type { Slice } from './rounds.ts';
import { median } from './statistics.ts';

/** Something that the numbers must show. */
export interface Claim {
  readonly text: string;
  readonly target: string;
  /** Undefined while it was not measured. */
  readonly measured: number | undefined;
  readonly holds: boolean;
}

interface Wanted {
  readonly text: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  value(results: Results): number | undefined;
}

const gateway = cpu('gateway');
const service = cpu('service');
const p99 = ({ load }: Slice): number => load.p99;

const jwt = 'Fastify with JWT';

const wanted: readonly Wanted[] = [
  { text: 'gateway CPU per GET / go-kit', atMost: 0.65, value: ratio(['ko', 'go-kit'], gateway) },
  { text: 'gateway CPU per GET / NestJS', atMost: 0.2, value: ratio(['ko', 'NestJS'], gateway) },
  { text: 'gateway CPU per GET / Moleculer', atMost: 0.3, value: ratio(['ko', 'Moleculer'], gateway) },
  { text: 'gateway CPU per GET / proxy by nginx', atMost: 3.5, value: ratio(['ko', 'nginx'], gateway) },
  { text: `gateway CPU per GET / ${jwt}`, atMost: 1.8, value: ratio(['ko', jwt], gateway) },
  { text: 'p99 at 64 connections / go-kit', atMost: 1, value: ratio(['ko', 'go-kit'], p99) },
  { text: 'service CPU per call / go-kit', atMost: 0.6, value: ratio(['ko', 'go-kit'], service) },
  { text: `monolith CPU per GET / ${jwt}`, atMost: 1.5, value: ratio(['ko-monolith', jwt], gateway) },
  { text: '10,000 connections: errors', atMost: 0, value: figure('connections', 'errors') },
  { text: '10,000 connections: KB each', atMost: 30, value: figure('connections', 'KB per connection') },
  { text: 'slowest process: s from start to ready', atMost: 0.6, value: highest('start', 'ready, s') },
  { text: 'largest idle process: MB', atMost: 110, value: highest('start', 'idle, MB') },
  { text: '`npm start`: s to the first answer', atMost: 5, value: figure('start', 'npm start: first answer, s') },
  {
    text: 'requests of two gateways on one port / of one',
    atLeast: 1.8,
    value: figure('two-gateways', 'times as many requests'),
  },
];

/** What the results must show, and whether they do. */
export function claims(results: Results): readonly Claim[] {
  return wanted.map(({ text, atMost = Infinity, atLeast = -Infinity, value }) => {
    const measured = value(results);
    return {
      text,
      target: atMost === Infinity ? `≥ ${atLeast}` : `≤ ${atMost}`,
      measured,
      holds: measured !== undefined && measured <= atMost && measured >= atLeast,
    };
  });
}

/** The median of the ratios of a run that has both, the one with the peers first. */
function ratio(names: readonly [string, string], value: (slice: Slice) => number | undefined) {
  return ({ peers, get }: Results): number | undefined => {
    const [found] = [peers, get]
      .map((run) => ratios(run?.slices ?? [], names, value))
      .filter(({ length }) => length > 0);
    return found && median(found);
  };
}

function figure(scenario: string, name: string) {
  return (results: Results): number | undefined => results[scenario]?.figures[name];
}

/** The highest of the figures whose names end so. */
function highest(scenario: string, end: string) {
  return (results: Results): number | undefined => {
    const found = Object.entries(results[scenario]?.figures ?? {}).filter(([name]) => name.endsWith(end));
    return found.length === 0 ? undefined : Math.max(...found.map(([, value]) => value));
  };
}
