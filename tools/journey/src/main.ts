import { parseArgs } from 'node:util';
import { secondsSince, takeAll } from '@ko/trial';
import { Clone } from './clone.ts';
import { steps } from './steps.ts';

const usage = `Makes a product of a fresh clone of the last commit, as somebody would in their first days: generates services,
a method, a middleware and a client, edits and tests them, calls them through the gateway, renames the workspace,
checks and tests everything, removes a service. Five minutes; the clone is removed in the end.

  npm run journey [-- <options>]

  --port <port>  of the gateway, with all others after it (default: 24000)
  --keep         leave the clone where it is
  --help         show this
`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '24000' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(usage);
else process.exitCode = await travel(Number(values.port), values.keep);

async function travel(port: number, keep: boolean): Promise<number> {
  const start = performance.now();
  const clone = await Clone.make();
  try {
    return await takeAll(steps.map(({ name, take }) => ({ name, take: () => take(clone, port) })));
  } finally {
    console.log(`The journey took ${secondsSince(start)}.`);
    if (keep) console.log(`The clone is in ${clone.folder}`);
    else await clone[Symbol.asyncDispose]();
  }
}
