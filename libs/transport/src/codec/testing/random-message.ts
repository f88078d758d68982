import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { isWrapperDesc } from '@bufbuild/protobuf/wkt';
import { type Random } from './random.ts';

type Init = Record<string, unknown>;

const deepest = 2;

const texts = [
  '',
  'a',
  'admin',
  'users/0191d2c5-7b1e-7cc3-9f0a-3d2b1c0a9f8e',
  'tab\t, quote " and \\ and \u0007',
  'Zoë',
  'ключ',
  '日本語',
  '👩‍🚀 of 16 units',
  '\ufeffbyte order mark',
  '\ufffd was replaced',
  '\u2028',
  '\u007f\u0080',
  '__proto__',
  'constructor',
  '7',
] as const;
const lengths = [1, 19, 20, 21, 42, 43, 63, 64, 65, 127, 128, 200, 1_100] as const;

/** What a message may be made of: fields of the right types, or none, with what tends to go wrong among the values. */
export function randomInit(schema: DescMessage, random: Random, depth = 0): Init {
  const init: Init = {};
  const isSparse = random.chance(0.5);

  for (const member of schema.members) {
    if (isSparse && random.chance(0.8)) {
      if (random.chance(0.1)) init[member.localName] = random.pick([undefined, null]);
      continue;
    }
    if (member.kind === 'oneof') {
      const field = member.fields[random.below(member.fields.length)];
      if (field === undefined || (field.message !== undefined && depth >= deepest)) continue;
      init[member.localName] = { case: field.localName, value: randomValue(field, random, depth) };
      continue;
    }
    if (member.message !== undefined && depth >= deepest) continue;
    init[member.localName] = randomField(member, random, depth);
  }
  if (schema.typeName === 'google.protobuf.Timestamp' && random.chance(0.9)) return randomTime(random);
  return init;
}

/** Bytes that are nearly those of a message. */
export function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  let changed = [...bytes];
  for (let left = 1 + random.below(3); left > 0; left--) {
    const at = random.below(changed.length + 1);
    const byte = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
    random.pick([
      () => changed.splice(at, 1, byte),
      () => changed.splice(at, 0, byte),
      () => changed.splice(at, 1 + random.below(4)),
      () => changed.splice(at),
      () => (changed = changed.concat(changed.slice(at))),
    ])();
  }
  return Uint8Array.from(changed);
}

function randomText(random: Random): string {
  return random.chance(0.9)
    ? random.pick(texts) + random.pick(texts)
    : random.pick(['x', 'é', '\ud800']).repeat(random.pick(lengths));
}

function randomField(field: DescField, random: Random, depth: number): unknown {
  if (field.fieldKind === 'list') return random.list(3, () => randomValue(field, random, depth));
  if (field.fieldKind !== 'map') return randomValue(field, random, depth);
  return Object.fromEntries(
    random.list(3, () => [String(randomScalar(field.mapKey, random)), randomValue(field, random, depth)]),
  );
}

function randomValue(field: DescField, random: Random, depth: number): unknown {
  if (field.enum !== undefined) return random.pick([0, 1, 2, -1, 99]);
  if (field.message === undefined) return randomScalar(field.scalar, random);
  if (field.message.typeName === 'google.protobuf.Struct' && field.parent.typeName !== 'google.protobuf.Value') {
    return { text: randomText(random), list: [1, true, null, { deep: 'x' }] };
  }
  if (field.fieldKind === 'message' && field.oneof === undefined && isWrapperDesc(field.message)) {
    return randomScalar(field.message.fields[0].scalar, random);
  }
  return randomInit(field.message, random, depth + 1);
}

function randomTime(random: Random): Init {
  return {
    seconds: random.pick([0n, -1n, 1_760_000_000n, -62_135_596_800n, 253_402_300_799n, 253_402_300_800n]),
    nanos: random.pick([0, 1, 999_999_999, 123_000_000, 456_789_000, 1_000_000_000, -1]),
  };
}

function randomScalar(type: ScalarType, random: Random): unknown {
  switch (type) {
    case ScalarType.STRING:
      return randomText(random);
    case ScalarType.BOOL:
      return random.chance(0.5);
    case ScalarType.BYTES:
      return Uint8Array.from(random.list(20, () => random.below(256)));
    case ScalarType.DOUBLE:
      return random.pick([0, -0, 1.5, Number.NaN, Infinity, -Infinity, 5e-324, 1e21, random.next()]);
    case ScalarType.FLOAT:
      return Math.fround(random.pick([0, -0, 1.5, Number.NaN, Infinity, -Infinity, 3.4e38, random.next()]));
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return random.pick([0, 1, 127, 128, 2 ** 28, 2 ** 31, 2 ** 32 - 1, random.below(2 ** 32)]);
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return random.pick([0n, 1n, 127n, 2n ** 28n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n]);
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return random.pick([0n, 1n, -1n, 128n, -(2n ** 31n), 2n ** 35n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)]);
    default:
      return random.pick([0, -0, 1, -1, 127, 128, -129, 2 ** 31 - 1, -(2 ** 31)]);
  }
}
