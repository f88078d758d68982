import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LoadProcess } from './load/load-process.ts';
import { measure } from './rounds.ts';
import { bareFastify } from './subjects/bare-fastify.ts';
import { koMonolith, koMultiplexed, koUnary, root } from './subjects/ko.ts';
import { startSubject, type Target } from './target.ts';
import { createWorld } from './world.ts';

await using stack = new AsyncDisposableStack();
const folder = join(root, '.ko/bench');
mkdirSync(folder, { recursive: true });
let port = 27_000;
const site = {
  world: createWorld(folder),
  folder,
  cores: { front: 0, back: 1, load: 1 },
  ports: (count: number) => Array.from({ length: count }, () => port++),
};
const load = stack.adopt(new LoadProcess(folder, 1), (one) => one.stop());
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stack.disposeAsync().then(() => process.exit(130)));
const targets: Target[] = [];
for (const subject of [koMultiplexed, koUnary, koMonolith, bareFastify])
  targets.push(await startSubject(subject, site, stack));
await measure(targets, load, { rounds: 3, seconds: 3, warmUp: 3, connections: 64 }, console.log);
