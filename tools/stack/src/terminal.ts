import { product } from '@ko/service/product';
import { logFormat, logLayout } from './log-format.ts';
import { seconds, type Report } from './system.ts';

/** What people see of a system. */
export interface Terminal extends Report {
  /** Text as it is. */
  text(text: string): void;
}

/** The terminal that this process was started from, or whatever its output goes to. */
export function openTerminal(processes: readonly string[]): Terminal {
  const width = Math.max(...processes.map((name) => name.length));
  const colors = process.stdout.isTTY && process.stdout.hasColors();
  const format = logFormat({ colors, width });
  const layOut = logLayout(colors);
  const news = (text: string) => process.stdout.write(format(product.name, text));
  return {
    line: (name, text) => process.stdout.write(format(name, text)),
    news,
    crashed(name, how, lastLines, restartIn) {
      news(
        [
          `${name} ended unasked (${how})${lastLines.length > 0 ? '. Its last lines:' : ''}`,
          ...lastLines.map((line) => `  ${layOut(line)}`),
        ].join('\n'),
      );
      news(
        restartIn === undefined
          ? `${name} is not started again; all else goes on`
          : `${name} starts again in ${seconds(restartIn)}`,
      );
    },
    text: (text) => process.stdout.write(text),
  };
}
