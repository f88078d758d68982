import { setTimeout as delay } from 'node:timers/promises';

/** Asks until the answer holds. Rejects with the last one when that takes longer than the seconds. */
export async function until<T>(seconds: number, ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  const late = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > late) throw new Error(`after ${seconds} s it is still ${JSON.stringify(answer, undefined, 2)}`);
    await delay(500);
  }
}
