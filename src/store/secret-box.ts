// Encrypts the small secrets that the store keeps, with a key that is not in the store: AES-256-GCM.
// Must never let a secret or the key into an error, nor give out what was tampered with.

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const VERSION = 'v1:';
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Thrown when a stored secret was encrypted with another key, or is not what was stored. */
export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable';
  constructor(options?: ErrorOptions) {
    super(
      'a stored secret cannot be decrypted: check that JISR_SECRET_KEY is the key it was stored with',
      options,
    );
  }
}

export interface SecretBox {
  /** `v1:<base64url of nonce, ciphertext and tag>`; other text each time. */
  encrypt(secret: string): string;
  /** Throws SecretUnreadable. */
  decrypt(stored: string): string;
}

/** @param key the text of JISR_SECRET_KEY, of any length; it should be random, as no stretching makes a password safe here */
export function createSecretBox(key: string): SecretBox {
  if (key === '') throw new Error('JISR_SECRET_KEY is empty');
  const derived = Buffer.from(hkdfSync('sha256', key, '', 'jisr secret box v1', KEY_BYTES));
  return {
    encrypt(secret) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, derived, nonce, { authTagLength: TAG_BYTES });
      const sealed = Buffer.concat([
        nonce,
        cipher.update(secret, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return VERSION + sealed.toString('base64url');
    },
    decrypt(stored) {
      const sealed = Buffer.from(stored.slice(VERSION.length), 'base64url');
      // Node decodes more texts than it encodes; only what was stored is read.
      if (VERSION + sealed.toString('base64url') !== stored || sealed.length < NONCE_BYTES + TAG_BYTES) {
        throw new SecretUnreadable();
      }
      const decipher = createDecipheriv(CIPHER, derived, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      const opened = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
      try {
        return Buffer.concat([opened, decipher.final()]).toString('utf8');
      } catch (error) {
        throw new SecretUnreadable({ cause: error });
      }
    },
  };
}
