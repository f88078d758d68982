import type { StatusError } from '@ko/endpoint';

/** The calls that an instance has in hand, by their requests. */
export class InHand {
  /** What ends the wait for an answer, where another instance can give that as well. */
  readonly #giveUps = new Map<unknown, ((reason: StatusError) => void) | undefined>();

  has(request: unknown): boolean {
    return this.#giveUps.has(request);
  }

  /** Takes a call. Returns what it is known by: its request, unless that is in hand already. */
  begin(request: unknown): unknown {
    const call = this.#giveUps.has(request) ? Symbol('once more') : request;
    this.#giveUps.set(call, undefined);
    return call;
  }

  /** Returns whether the call was still in hand. */
  end(call: unknown): boolean {
    return this.#giveUps.delete(call);
  }

  /** The answer, unless all are given up before. */
  async unlessGivenUp<T>(call: unknown, answer: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#giveUps.set(call, reject);
      answer.then(resolve, reject);
    });
  }

  /** Ends the wait for all answers that another instance can give as well. */
  giveUp(reason: StatusError): void {
    for (const giveUp of this.#giveUps.values()) giveUp?.(reason);
  }
}
