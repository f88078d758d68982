import { Crowd, type Placed, type StatusError } from '@ko/endpoint';

/** A call that an instance has in hand. */
export interface CallInHand extends Placed {
  readonly request: unknown;
  /** When it began: milliseconds, as `performance.now()` tells them. */
  readonly since: number;
  /** What the circuit gave it as it passed. */
  readonly era: number;
  /** Ends the wait for the answer, where another instance can give that as well. */
  giveUp: ((reason: StatusError) => void) | undefined;
}

/** The calls that an instance has in hand. */
export class InHand {
  readonly #calls = new Crowd<CallInHand>();

  /** Whether it has a call for this very request. */
  has(request: unknown): boolean {
    return this.#calls.some((call) => call.request === request);
  }

  begin(request: unknown, since: number, era: number): CallInHand {
    const call = { request, since, era, giveUp: undefined, place: -1 };
    this.#calls.add(call);
    return call;
  }

  /** Returns whether the call was still in hand. */
  end(call: CallInHand): boolean {
    return this.#calls.delete(call);
  }

  /** The answer, unless all are given up before. */
  unlessGivenUp<T>(call: CallInHand, answer: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      call.giveUp = reject;
      answer.then(resolve, reject);
    });
  }

  /** Ends the wait for all answers that another instance can give as well. */
  giveUp(reason: StatusError): void {
    for (const call of this.#calls.toArray()) call.giveUp?.(reason);
  }
}
