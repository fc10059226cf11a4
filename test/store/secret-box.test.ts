// Secrets at rest.
import { createSecretBox, SecretUnreadable } from '../../src/store/secret-box';

const box = createSecretBox('a key of some length');
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

test.each([SECRET, '', 'سر'])('"%s" comes back', (secret) => {
  expect(createSecretBox('a key of some length').decrypt(box.encrypt(secret))).toBe(secret);
});

test('a stored text shows its version, not the secret, and is never the same', () => {
  const [one, other] = [box.encrypt(SECRET), box.encrypt(SECRET)];
  expect(one).toMatch(/^v1:[A-Za-z0-9_-]+$/);
  expect(one).not.toBe(other);
});

test('another key is told to check JISR_SECRET_KEY', () => {
  const stored = createSecretBox('another key').encrypt(SECRET);
  expect(() => box.decrypt(stored)).toThrow(SecretUnreadable);
  expect(() => box.decrypt(stored)).toThrow('check that JISR_SECRET_KEY');
});

test('a text with any character changed is refused', () => {
  const stored = box.encrypt(SECRET);
  for (let at = 0; at < stored.length; at += 1) {
    const other = stored[at] === 'A' ? 'B' : 'A';
    const tampered = stored.slice(0, at) + other + stored.slice(at + 1);
    expect(() => box.decrypt(tampered)).toThrow(SecretUnreadable);
  }
});

test.each(['', 'v1:', 'v2:AAAA', SECRET, 'v1:AAAA', 'v1:*'])('"%s" is refused', (stored) => {
  expect(() => box.decrypt(stored)).toThrow(SecretUnreadable);
});

test('a text with something after it, or cut short, is refused', () => {
  const stored = box.encrypt(SECRET);
  for (const other of [`${stored}=`, `${stored}A`, stored.slice(0, -4), ` ${stored}`]) {
    expect(() => box.decrypt(other)).toThrow(SecretUnreadable);
  }
});

test('there is no box without a key', () => {
  expect(() => createSecretBox('')).toThrow('JISR_SECRET_KEY');
});
