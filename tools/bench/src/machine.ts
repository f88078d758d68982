import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second, whatever the machine. */
const tickMicroseconds = 10_000;

/** CPU time of a process and its children, in microseconds since each began; 0 when there is none. */
export function cpuOf(pid: number): number {
  return sum(family(pid).map((one) => statOf(one)));
}

/** Memory of a process and its children that is in RAM, in MB. What they may share counts once. */
export function residentOf(pid: number): number {
  const statuses = family(pid).map((one) => read(`/proc/${one}/status`));
  const of = (field: string) =>
    statuses.map((text) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0));
  return (sum(of('RssAnon')) + Math.max(...of('RssFile')) + Math.max(...of('RssShmem'))) / 1_024;
}

/** CPU time of the whole machine since it began, in microseconds. */
export interface MachineTime {
  /** Used by programs and the kernel. */
  readonly busy: number;
  /** Given to other machines on the same hardware. */
  readonly stolen: number;
}

export function machineTime(): MachineTime {
  const times = /^cpu +(.*)/.exec(read('/proc/stat'))?.[1]?.split(' ').map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0, stolen = 0] = times;
  // What an interrupt takes counts for the process that it interrupts as well.
  const busy = user + nice + system + interrupts + softInterrupts;
  return { busy: busy * tickMicroseconds, stolen: stolen * tickMicroseconds };
}

/** A process and all below it. */
export function family(pid: number): readonly number[] {
  const children = tasksOf(pid).flatMap((task) =>
    (read(`/proc/${pid}/task/${task}/children`).match(/\d+/g) ?? []).map(Number),
  );
  return [pid, ...children.flatMap(family)];
}

/** Whether there is such a process, and it has not ended. */
export function runs(pid: number): boolean {
  const [state = ''] = fieldsOf(pid);
  return !['', 'X', 'Z'].includes(state);
}

function tasksOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // It has ended.
  }
}

function statOf(pid: number): number {
  const fields = fieldsOf(pid);
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * tickMicroseconds;
}

/** What the kernel says of a process, from its state on: before that is its name, which may contain spaces. */
function fieldsOf(pid: number): readonly string[] {
  return read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // It has ended.
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
