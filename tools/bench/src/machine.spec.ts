import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { cpuOf, family, machineTime, residentOf, runs } from './machine.ts';

const skip = process.platform !== 'linux';

test.skipIf(skip)('counts what a process and its children use', async () => {
  const script = `while (process.cpuUsage().user < 200_000); console.log('done'); setInterval(() => {}, 1000)`;
  const child = spawn('sh', ['-c', `"${process.execPath}" -e "${script}"; true`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const pid = child.pid ?? 0;

  await once(child.stdout, 'data');

  const processes = family(pid);
  expect(processes.length).toBe(2);
  expect(cpuOf(pid)).toBeGreaterThanOrEqual(150_000);
  expect(residentOf(pid)).toBeGreaterThan(20);
  const { busy } = machineTime();
  expect(busy).toBeGreaterThan(cpuOf(pid));
  for (const one of processes) process.kill(one);
  await once(child, 'exit');
  await expect.poll(() => processes.some(runs)).toBe(false);
  expect([cpuOf(pid), residentOf(pid)]).toEqual([0, 0]);
});
