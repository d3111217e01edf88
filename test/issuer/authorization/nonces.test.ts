import { describe, expect, it } from 'vitest';
import { createNonces } from '../../../issuer/authorization/index.ts';
import { fixedClock } from '../../../shared/clock.ts';
import { nodeCrypto } from '../../../shared/server/node-crypto.ts';

const { randomBytes } = nodeCrypto();

describe('nonces', () => {
  const clock = fixedClock(1_795_320_000);
  const key = new Uint8Array(32).fill(1);
  const options = {
    key,
    label: 'c_nonce',
    issuer: 'https://a.example',
    lifetimeSeconds: 300,
    clock,
    randomBytes,
  } as const;
  const nonces = createNonces(options);

  it('nc-049 are recognised until they end, by every process with the key', () => {
    const nonce = nonces.create();
    expect(nonce).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(nonces.expiryOf(nonce)).toBe(clock.now() + 300);
    expect(createNonces({ ...options, key: new Uint8Array(32).fill(1) }).expiryOf(nonce)).toBe(clock.now() + 300);
    clock.advance(299);
    expect(nonces.expiryOf(nonce)).toBeDefined();
    clock.advance(1);
    expect(nonces.expiryOf(nonce)).toBeUndefined();
  });

  it('nc-049 of another key, purpose or issuer are unknown', () => {
    const nonce = nonces.create();
    for (const other of [
      { key: new Uint8Array(32).fill(2) },
      { label: 'dpop' as const },
      { issuer: 'https://b.example' },
    ]) {
      expect(createNonces({ ...options, ...other }).expiryOf(nonce)).toBeUndefined();
    }
  });

  it('nc-049 with any bit changed are unknown', () => {
    const nonce = nonces.create();
    const bytes = Buffer.from(nonce, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(nonces.expiryOf(changed.toString('base64url'))).toBeUndefined();
    }
    for (const text of ['', 'x', `${nonce}=`, ` ${nonce}`, `${nonce}\n`, nonce.slice(0, 42)])
      expect(nonces.expiryOf(text)).toBeUndefined();
  });

  it('that may be shared are, for as long as that, and end all the same', () => {
    const shared = createNonces({ ...options, shareSeconds: 10 });
    const first = shared.create();
    clock.advance(9);
    expect(shared.create()).toBe(first);
    clock.advance(1);
    const next = shared.create();
    expect(next).not.toBe(first);
    clock.set(clock.now() - 100);
    expect(shared.create()).not.toBe(next);
    clock.advance(400);
    expect(shared.expiryOf(next)).toBeUndefined();
  });

  it('are never the same otherwise', () => {
    expect(new Set(Array.from({ length: 10_000 }, () => nonces.create())).size).toBe(10_000);
  });
});
