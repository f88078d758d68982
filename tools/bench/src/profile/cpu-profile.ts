/** A profile as V8 makes it: samples of where the program was, and the microseconds between them. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[];
}

export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  /** Counted from 0. */
  readonly lineNumber: number;
}

/** The microseconds of functions, and of the groups that they belong to; the most first. */
export interface TimeSpent {
  readonly groups: readonly (readonly [name: string, microseconds: number])[];
  readonly functions: readonly (readonly [name: string, microseconds: number])[];
}

const waiting = '(idle)';

/** Where the time of a profile went, but for waiting. What has no source, such as a built-in function, counts for its caller. */
export function timeSpent({ nodes, samples, timeDeltas }: CpuProfile): TimeSpent {
  const own = new Map<number, number>();
  for (const [index, id] of samples.entries()) add(own, id, timeDeltas[index] ?? 0);
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const groups = new Map<string, number>();
  const functions = new Map<string, number>();

  for (const [id, microseconds] of own) {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === waiting) continue;
    let source: number | undefined = id;
    while (source !== undefined && groupOf(frames.get(source)) === undefined) source = callers.get(source);
    add(groups, groupOf(source === undefined ? undefined : frames.get(source)) ?? 'V8 and the system', microseconds);
    add(functions, nameOf(frame), microseconds);
  }
  const sorted = (of: ReadonlyMap<string, number>) => [...of].toSorted(([, a], [, b]) => b - a);
  return { groups: sorted(groups), functions: sorted(functions) };
}

const packages: readonly (readonly [RegExp, string])[] = [
  [/^(fastify|@fastify\/.*|find-my-way|fast-json-stringify|avvio|secure-json-parse|light-my-request)$/, 'Fastify'],
  [/^@grpc\//, 'grpc-js'],
  [/^(pino|sonic-boom|fast-redact|quick-format-unescaped|@pinojs\/.*)$/, 'pino'],
  [/^@bufbuild\//, 'protobuf'],
  [/^@opentelemetry\//, 'OpenTelemetry'],
  [/^prom-client$/, 'prom-client'],
];

/** Undefined when a frame has no source. */
function groupOf(frame: CallFrame | undefined): string | undefined {
  if (frame === undefined) return undefined;
  if (frame.functionName === '(garbage collector)') return 'garbage collection';
  const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(frame.url)?.[1];
  if (name !== undefined) return packages.find(([pattern]) => pattern.test(name))?.[1] ?? name;
  const own = /\/(libs|apps|tools)\/([^/]+)\//.exec(frame.url);
  if (own !== null) return `${own[1] ?? ''}/${own[2] ?? ''}`;
  if (/^node:.*http2/.test(frame.url)) return 'Node: http2';
  if (/^node:(_?http|net|_stream|stream|internal\/(streams|stream_base|http|net))/.test(frame.url))
    return 'Node: http and sockets';
  return frame.url.startsWith('node:') ? 'Node: all else' : undefined;
}

function nameOf({ functionName, url, lineNumber }: CallFrame): string {
  const file = url.replace(/.*\/node_modules\//, '').replace(/.*\/((?:libs|apps|tools)\/)/, '$1');
  return `${functionName === '' ? '(anonymous)' : functionName}${file === '' ? '' : ` ${file}:${lineNumber + 1}`}`;
}

function add<K>(to: Map<K, number>, key: K, value: number): void {
  to.set(key, (to.get(key) ?? 0) + value);
}
