// `npm run compose:test`: runs the stack of docker-compose.yml, tries what it promises, and takes it away again.
import { styleText } from 'node:util';
import { secondsSince, takeAll } from '@ko/trial';
import { docker, Stack } from './compose/stack.ts';
import { stepsOf } from './compose/steps.ts';

const reason = await missing();
if (reason === undefined) process.exitCode = await tryStack();
else {
  console.log(styleText('yellow', `Skipped: nothing of docker-compose.yml was tried, since ${reason}.`));
  console.log('0 passed, 0 failed, 1 skipped');
}

async function tryStack(): Promise<number> {
  const start = performance.now();
  await using stack = await Stack.prepare();
  const failed = await takeAll(stepsOf(stack));
  if (failed > 0) console.log(await stack.compose('logs', '--no-color', '--tail', '5'));
  console.log(`It took ${secondsSince(start)}.`);
  return failed;
}

/** Why it cannot be tried here. */
async function missing(): Promise<string | undefined> {
  try {
    await docker(['info']);
    await docker(['compose', 'version']);
    return undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text.includes('ENOENT') || text.includes('compose')
      ? 'Docker with its compose is not there'
      : 'no Docker engine answers';
  }
}
