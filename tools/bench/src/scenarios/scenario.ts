import type { Measured } from '../results.ts';
import type { Pace } from '../rounds.ts';
import type { Site } from '../site.ts';

/** What a scenario has to work with. */
export interface Run {
  readonly site: Site;
  /** Ends what the scenario has started. */
  readonly stack: AsyncDisposableStack;
  readonly pace: Pick<Pace, 'rounds' | 'seconds'>;
  /** How often to start what is compared, where its rounds are shared out among starts. */
  readonly starts: number;
  /** Whether something is to be measured, by its name. */
  wants(name: string): boolean;
  /** Whether to find out where the time of ko's processes goes. */
  readonly profile: boolean;
}

/** Something to measure. */
export interface BenchScenario {
  readonly name: string;
  readonly title: string;
  /** What is done to whom. */
  readonly about: string;
  measure(run: Run): Promise<Measured>;
}

/** Seconds of load before the first measurement of each target, at least. */
export const warmUp = 3;
