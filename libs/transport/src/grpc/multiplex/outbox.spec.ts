import { Duplex } from 'node:stream';
import { Frame_Kind as Kind } from '@ko/contracts/transport';
import { describe, expect, test } from 'vitest';
import { readBatch } from './batch-reader.ts';
import { maxBatch, maxFrame, maxHeld } from './limits.ts';
import { Outbox } from './outbox.ts';

/** A stream whose other end reads a batch when the test lets it. */
function slowStream() {
  const batches: Buffer[] = [];
  const waiting: (() => void)[] = [];
  const stream = new Duplex({
    objectMode: true,
    read() {},
    write(bytes: Buffer, _, done: () => void) {
      batches.push(bytes);
      waiting.push(done);
    },
  });
  stream.resume();
  const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const readOne = async (): Promise<void> => {
    waiting.shift()?.();
    await turn();
    await turn();
  };
  return { stream, batches, turn, readOne };
}

const callsIn = (bytes: Buffer): readonly number[] => readBatch(bytes).map(({ call }) => call);

describe('an outbox', () => {
  test('sends all frames of a turn in one batch', async () => {
    const { stream, batches, turn } = slowStream();
    const outbox = new Outbox(stream);

    for (const call of [1, 2, 3]) outbox.add(Kind.CANCEL, call);
    await turn();

    expect(batches.map(callsIn)).toEqual([[1, 2, 3]]);
  });

  test('gathers what comes while the other end does not read', async () => {
    const { stream, batches, turn, readOne } = slowStream();
    const outbox = new Outbox(stream);
    for (let call = 1; call <= 6; call++) {
      outbox.add(Kind.CANCEL, call);
      await turn();
    }

    await readOne();
    await readOne();
    await readOne();

    expect(batches.map(callsIn)).toEqual([[1], [2], [3, 4, 5, 6]]);
  });

  test('sends large answers piece by piece, in turn, and small ones between', async () => {
    const { stream, batches, turn, readOne } = slowStream();
    const outbox = new Outbox(stream);
    outbox.answer(1, [], new Uint8Array(2 * maxFrame + 1));
    outbox.answer(2, [], new Uint8Array(maxFrame + 1));
    await turn();
    outbox.answer(3, [], new Uint8Array(1));

    for (let times = 0; times < 5; times++) await readOne();

    const frames = batches.flatMap(readBatch);
    expect(frames.map(({ call, kind, message }) => [call, kind, message.byteLength])).toEqual([
      [1, Kind.PART, maxFrame],
      [2, Kind.PART, maxFrame],
      [3, Kind.RESPONSE, 1],
      [1, Kind.PART, maxFrame],
      [2, Kind.RESPONSE, 1],
      [1, Kind.RESPONSE, 1],
    ]);
    expect(Math.max(...batches.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(maxBatch);
  });

  test('sends no batch that is larger than every peer takes, with all that goes with the messages', async () => {
    const { stream, batches, turn, readOne } = slowStream();
    const outbox = new Outbox(stream);
    const metadata = ['authorization', 'x'.repeat(800), 'x-long', 'y'.repeat(2_000)];
    const sizes = [maxFrame - 3_000, maxFrame, 10, maxFrame, 2 * maxFrame, maxFrame - 4_000];
    for (const [call, size] of sizes.entries()) outbox.answer(call + 1, metadata, new Uint8Array(size));
    await turn();

    for (let times = 0; times < 10; times++) await readOne();

    expect(batches.flatMap(readBatch)).toHaveLength(sizes.length + 1);
    expect(Math.max(...batches.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(maxBatch);
  });

  test('sends no more pieces of what nobody wants', async () => {
    const { stream, batches, turn, readOne } = slowStream();
    const outbox = new Outbox(stream);
    outbox.answer(1, [], new Uint8Array(10 * maxFrame));
    await turn();

    outbox.forget(1);
    for (let times = 0; times < 12; times++) await readOne();

    expect(batches.length).toBeLessThanOrEqual(2);
  });

  test.each([maxFrame, maxFrame + 1])(
    'lets nothing more be read while nobody reads answers of %i bytes',
    async (size) => {
      const { stream, turn, readOne } = slowStream();
      const outbox = new Outbox(stream, stream);
      for (let call = 1; call <= 300; call++) outbox.answer(call, [], new Uint8Array(size));
      await turn();

      const wasPaused = stream.isPaused();
      for (let times = 0; times < 300; times++) await readOne();

      expect([wasPaused, stream.isPaused()]).toEqual([true, false]);
    },
  );

  test('goes on reading when nobody wants what is held', async () => {
    const { stream } = slowStream();
    const outbox = new Outbox(stream, stream);
    outbox.answer(1, [], new Uint8Array(maxHeld + 1));
    outbox.answer(2, [], new Uint8Array(maxFrame + 1));

    const wasPaused = stream.isPaused();
    outbox.forget(1);

    expect([wasPaused, stream.isPaused()]).toEqual([true, false]);
  });

  test('ends the stream when all is sent', async () => {
    const { stream, batches, turn, readOne } = slowStream();
    const outbox = new Outbox(stream);
    outbox.answer(1, [], new Uint8Array(3 * maxFrame));
    outbox.end();
    await turn();

    const endedEarly = stream.writableEnded;
    for (let times = 0; times < 5; times++) await readOne();

    expect(endedEarly).toBe(false);
    expect(stream.writableEnded).toBe(true);
    expect(batches.flatMap(readBatch).at(-1)).toMatchObject({ kind: Kind.RESPONSE, call: 1 });
  });
});
