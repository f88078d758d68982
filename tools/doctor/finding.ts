/**
 * How bad it is: nothing; nothing that could be judged; something that some can do without; something that keeps the
 * repository from working.
 */
export type Level = 'ok' | 'note' | 'warning' | 'wrong';

/** What was found about one thing. */
export interface Finding {
  readonly level: Level;
  /** What it is about, in a word or two. */
  readonly subject: string;
  /** In words for whoever sits at the machine, and without secrets. */
  readonly found: string;
  /** The command that mends it, or what to do where no command does. */
  readonly mend?: string;
}

/** One topic. A rejection is for whoever runs it to report. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<readonly Finding[]>;
}
