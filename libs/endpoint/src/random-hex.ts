import { randomFillSync } from 'node:crypto';

/** Bytes that are made at a time: to ask for random ones is dear, however few. */
const stock = Buffer.alloc(8 * 1024);
let digits = '';
let used = 0;

/** So many random hexadecimal digits, fit for ids: cryptographically strong (`node:crypto`). At most 16,384. */
export function randomHex(length: number): string {
  if (used + length > digits.length) {
    digits = randomFillSync(stock).toString('hex');
    used = 0;
  }
  return digits.slice(used, (used += length));
}
