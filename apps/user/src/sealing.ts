import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const saltBytes = 16;
const ivBytes = 12;
const tagBytes = 16;

/** Encrypts `plain` under a key derived from the secret. Opens only with the same secret and the same label. */
export function seal(plain: Uint8Array, secret: string, label: string): Buffer {
  const salt = randomBytes(saltBytes);
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, keyFrom(secret, salt), iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(label));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([salt, iv, cipher.getAuthTag(), sealed]);
}

/** What was sealed. Throws when the secret or the label is another one, or the bytes were changed. */
export function unseal(sealed: Uint8Array, secret: string, label: string): Buffer {
  const bytes = Buffer.from(sealed);
  const salt = bytes.subarray(0, saltBytes);
  const iv = bytes.subarray(saltBytes, saltBytes + ivBytes);
  const tag = bytes.subarray(saltBytes + ivBytes, saltBytes + ivBytes + tagBytes);
  const decipher = createDecipheriv(algorithm, keyFrom(secret, salt), iv, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(label));
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(bytes.subarray(saltBytes + ivBytes + tagBytes)), decipher.final()]);
}

function keyFrom(secret: string, salt: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, 'signing keys', 32));
}
