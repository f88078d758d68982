import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { readArguments } from './command-line.ts';
import type { Answer } from './control-server.ts';
import { Refusal } from './refusal.ts';
import { readSystem, type Control } from './system-file.ts';

const rollUsage = `Restarts what runs, one process after the other, while the others go on.

  npm run roll                          all services, then the gateway
  npm run roll -- user gateway          these
  npm run roll -- user.2                this one

  --data <folder> that of the system (default: .ko)
  --help          show this

It ends at the first process that does not serve again, and says so. A service with a single instance is away meanwhile:
npm start -- --scale user=2 gives it another one.
`;

/** `npm run roll`: rolls the system that runs from a folder. Rejects with a UsageError or a Refusal. */
export async function rollCommand(args: readonly string[], root: string): Promise<void> {
  const { values, positionals } = readArguments(
    {
      args: [...args],
      allowPositionals: true,
      options: { data: { type: 'string', default: '.ko' }, help: { type: 'boolean', short: 'h', default: false } },
    },
    'npm run roll -- user',
  );
  if (values.help) {
    process.stdout.write(rollUsage);
    return;
  }
  const folder = resolve(root, values.data);
  const control = readSystem(folder)?.control;
  if (control === undefined) {
    throw new Refusal(
      `No system runs from ${folder}. npm start runs one; for one with another data folder: npm run roll -- --data <folder>`,
    );
  }
  await requestRoll(control, positionals, (text) => process.stdout.write(`${text}\n`));
}

/** Asks a running system to roll. Rejects with a Refusal when not all has come back. */
export async function requestRoll(
  { url, token }: Control,
  names: readonly string[],
  told: (text: string) => void,
): Promise<void> {
  const query = new URLSearchParams(names.map((name): [string, string] => ['name', name])).toString();
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/roll?${query}`, { method: 'POST', headers });
  if (!response.ok || response.body === null) throw new Refusal(`the system answers with status ${response.status}`);
  try {
    for await (const line of createInterface({ input: Readable.fromWeb(response.body) })) {
      const answer = JSON.parse(line) as Answer; // written by our control server
      if ('done' in answer) return;
      if ('refused' in answer) throw new Refusal(answer.refused);
      told(answer.told);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('the system has ended meanwhile', { cause: error });
  }
  throw new Refusal('the system has ended meanwhile');
}
