import { logFormat } from './log-format.ts';

/** What people see of a system. */
export interface Terminal {
  /** A line that a process printed. */
  line(process: string, text: string): void;
  /** News of the system itself. */
  news(text: string): void;
  /** Text as it is. */
  text(text: string): void;
}

/** The terminal that this process was started from, or whatever its output goes to. */
export function openTerminal(processes: readonly string[]): Terminal {
  const width = Math.max(...processes.map((name) => name.length));
  const format = logFormat({ colors: process.stdout.isTTY && process.stdout.hasColors(), width });
  return {
    line: (name, text) => process.stdout.write(format(name, text)),
    news: (text) => process.stdout.write(format('ko', text)),
    text: (text) => process.stdout.write(text),
  };
}
