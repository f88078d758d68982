import { StatusError, type Code } from '@ko/endpoint';

/** A call that has failed. */
export interface FailedCall {
  readonly error: unknown;
  /** Milliseconds that it took. */
  readonly took: number;
  /** Its caller's. */
  readonly signal: AbortSignal;
}

/** What a failed call says about the instance: nothing of what is left out. */
export interface Verdict {
  /** It has given a sign of life. */
  readonly isAlive?: true;
  /** What its load learns from the time that the call took. */
  readonly load?: 'observe' | 'unanswered' | 'refused';
  /** Whether it does its work well. */
  readonly outcome?: 'ok' | 'fault';
}

/** The mistake is the caller's. */
const mistaken: Verdict = { isAlive: true, load: 'observe', outcome: 'ok' };
const failed: Verdict = { isAlive: true, load: 'observe', outcome: 'fault' };
const unreachable: Verdict = { outcome: 'fault' };
/** How soon it refuses says nothing about how fast it answers, or how well. */
const refused: Verdict = { isAlive: true, load: 'refused' };
/** Nobody heard the answer: only that it took so long says something. */
const late: Verdict = { load: 'unanswered', outcome: 'fault' };
const left: Verdict = { load: 'unanswered' };
/** It is this process that could not send the request. */
const unsent: Verdict = {};

/** Failures that are the server's. */
const faults: ReadonlySet<Code> = new Set(['unknown', 'deadline_exceeded', 'internal', 'data_loss']);

/** Milliseconds that a call has to have had for its deadline to say anything about the instance. */
const patience = 1_000;

export function verdictOf({ error, took, signal }: FailedCall): Verdict {
  const { code, reason } = StatusError.from(error);
  // Transports keep the same deadline, and may be the first to say so: without a reason.
  if (signal.aborted || (code === 'deadline_exceeded' && reason === undefined)) {
    return code === 'deadline_exceeded' && took >= patience ? late : left;
  }
  if (!(error instanceof StatusError) || reason === 'TOO_MANY_CALLS') return unsent;
  if (code === 'unavailable') return unreachable;
  if (code === 'resource_exhausted') return refused;
  return faults.has(code) ? failed : mistaken;
}
