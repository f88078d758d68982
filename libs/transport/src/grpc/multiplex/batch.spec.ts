import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { StatusSchema } from '@ko/contracts/rpc';
import { BatchSchema, Frame_Kind as Kind, type FrameSchema } from '@ko/contracts/transport';
import { describe, expect, test } from 'vitest';
import { MalformedBatch, readBatch } from './batch-reader.ts';
import { BatchWriter } from './batch-writer.ts';
import { maxBatch } from './limits.ts';

type FrameInit = MessageInitShape<typeof FrameSchema>;

const status = { code: 5, message: 'no book' };

/** Frames of all kinds, with lengths and numbers around the borders of their encoding. */
const samples: readonly FrameInit[] = [
  { kind: Kind.SETTINGS, maxCalls: 1_000 },
  { kind: Kind.REQUEST, call: 1, method: 'ko.user.v1.UserService/GetUser', message: new Uint8Array() },
  {
    kind: Kind.REQUEST,
    call: 127,
    method: 'a/B',
    timeoutMs: 10_000,
    metadata: { authorization: `Bearer ${'x'.repeat(400)}`, 'x-empty': '', 'a-bin': 'AAEC' },
    message: Uint8Array.from({ length: 300 }, (_, index) => index),
  },
  { kind: Kind.REQUEST, call: 2 ** 32 - 1, timeoutMs: 2 ** 32 - 1, metadata: { 'x-long': 'y'.repeat(20_000) } },
  { kind: Kind.RESPONSE, call: 128, metadata: { etag: '"1"' }, message: new Uint8Array(32_768) },
  { kind: Kind.FAILURE, call: 16_384, status },
  { kind: Kind.PART, call: 3, message: new Uint8Array(16_383) },
  { kind: Kind.CANCEL, call: 4 },
  { kind: Kind.PING },
];

function written(frames: readonly FrameInit[]): Buffer {
  const writer = new BatchWriter(16);
  for (const { kind = 0, call = 0, method = '', timeoutMs = 0, metadata = {}, message, maxCalls = 0 } of frames) {
    const bytes = kind === Kind.FAILURE ? toBinary(StatusSchema, create(StatusSchema, status)) : undefined;
    writer.add(kind, call, {
      method,
      timeout: timeoutMs,
      metadata: Object.entries(metadata).flat(),
      maxCalls,
      ...(message && { message }),
      ...(bytes && { status: bytes }),
    });
  }
  return writer.finish();
}

/** Numbers from 0 to below 1 that are the same in each run. */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a batch', () => {
  test('is what protobuf reads from it', () => {
    const { frames } = fromBinary(BatchSchema, Uint8Array.from(written(samples)));

    expect(frames).toEqual(create(BatchSchema, { frames: [...samples] }).frames);
  });

  test('is read as protobuf writes it', () => {
    const bytes = Buffer.from(toBinary(BatchSchema, create(BatchSchema, { frames: [...samples] })));

    expect(readBatch(bytes)).toEqual(readBatch(written(samples)));
    expect(readBatch(bytes)[2]).toMatchObject({ kind: Kind.REQUEST, call: 127, method: 'a/B', timeout: 10_000 });
  });

  test('of a newer peer is read as far as it is known', () => {
    const newer = [0x3a, 1, 7, 0x0a, 15, 0x08, 99, 0x98, 0x06, 1, 0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0x10];
    const bytes = Buffer.from([...newer.slice(0, 4), 17, ...newer.slice(5), 5]);

    expect(readBatch(bytes)).toMatchObject([{ kind: 99, call: 5 }]);
  });

  test('has no metadata that would change what holds it', () => {
    const [frame] = readBatch(written([{ kind: Kind.REQUEST, call: 1, metadata: { ['__proto__']: 'x', a: 'b' } }]));

    expect(Object.getPrototypeOf(frame?.metadata)).toBe(Object.prototype);
    expect(Object.keys(frame?.metadata ?? {})).toEqual(['a']);
  });

  test.for([
    ['a number that is cut off', [0x0a]],
    ['a number without an end', Array.from({ length: 12 }, () => 0xff)],
    ['a frame that is longer than the batch', [0x0a, 5, 0x08, 1]],
    ['a message that is longer than its frame', [0x0a, 3, 0x32, 9, 1]],
    ['an entry that is longer than its frame', [0x0a, 4, 0x2a, 9, 0x0a, 1]],
    ['a number that reaches beyond its frame', [0x0a, 2, 0x08, 0x81, 1]],
    ['a type that there is not', [0x0b, 0]],
  ] as const)('that has %s is refused', ([, bytes]) => {
    expect(() => readBatch(Buffer.from(bytes))).toThrow(MalformedBatch);
  });

  test('is refused with more frames, or more metadata, than go in one', () => {
    const ping = Buffer.from([0x0a, 2, 0x08, Kind.PING]);
    const full = Buffer.alloc(maxBatch, ping);
    const metadata = Object.fromEntries(Array.from({ length: maxBatch / 4 }, (_, n) => [`x-${n}`, '']));

    expect(readBatch(full)).toHaveLength(maxBatch / ping.byteLength);
    expect(() => readBatch(Buffer.concat([full, ping]))).toThrow(MalformedBatch);
    expect(() => readBatch(written([{ kind: Kind.REQUEST, call: 1, metadata }]))).toThrow(MalformedBatch);
  });

  test('of random bytes, or with bytes changed, cut or repeated, is read or refused, and nothing else', () => {
    const random = randoms(1);
    const good = written(samples.slice(0, 3));
    for (let round = 0; round < 20_000; round++) {
      const bytes = round % 2 === 0 ? mutated(good, random) : noise(random);

      const frames = framesOrRefusal(bytes);

      for (const { message, method } of frames)
        expect(message.byteLength + method.length).toBeLessThanOrEqual(bytes.byteLength);
    }
  });

  test('that is read and written again says the same', () => {
    const random = randoms(2);
    for (let round = 0; round < 300; round++) {
      const frames = Array.from({ length: 1 + Math.floor(random() * 5) }, () => randomFrame(random));

      expect(fromBinary(BatchSchema, Uint8Array.from(written(frames))).frames).toEqual(
        create(BatchSchema, { frames }).frames,
      );
    }
  });
});

function framesOrRefusal(bytes: Buffer): ReturnType<typeof readBatch> {
  try {
    return readBatch(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedBatch);
    return [];
  }
}

function mutated(good: Buffer, random: () => number): Buffer {
  const bytes = Buffer.from(good.subarray(0, 40 + Math.floor(random() * (good.byteLength - 40))));
  for (let times = Math.floor(random() * 4); times >= 0; times--) {
    bytes[Math.floor(random() * bytes.byteLength)] = Math.floor(random() * 256);
  }
  return random() < 0.2 ? Buffer.concat([bytes, bytes]) : bytes;
}

function noise(random: () => number): Buffer {
  return Buffer.from(Array.from({ length: Math.floor(random() * 64) }, () => Math.floor(random() * 256)));
}

function randomFrame(random: () => number): FrameInit {
  const number = (below: number): number => Math.floor(random() * below);
  const metadata = Object.fromEntries(Array.from({ length: number(4) }, (_, n) => [`x-${n}`, 'v'.repeat(number(300))]));
  return {
    kind: Kind.REQUEST,
    call: number(2 ** 32),
    method: 'm'.repeat(number(200)),
    timeoutMs: number(2 ** 32),
    metadata,
    message: Uint8Array.from({ length: number(500) }, () => number(256)),
  };
}
