import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixedClock } from '../../shared/clock.ts';
import { createDidKeys } from '../../shared/did/index.ts';
import {
  encodeBase64url,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJsonObject,
} from '../../shared/encoding/index.ts';
import { codeOf } from '../../shared/errors.ts';

const folder = new URL('../../../shared/vectors/did-key/', import.meta.url);
const present = existsSync(folder);
const dids = createDidKeys({ clock: fixedClock(0) });

function load(file: string): [string, JsonObject][] {
  if (!present) return [];
  const vectors = parseJsonObject(readFileSync(new URL(file, folder), 'utf8'), {
    maxBytes: 1_000_000,
    maxMembers: 10_000,
  });
  return Object.entries(vectors).filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1]));
}

function member(value: Json | undefined, ...names: string[]): Json | undefined {
  return names.reduce<Json | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), value);
}

/** Base58 by long multiplication, apart from the room's own. */
function base58(text: string): Uint8Array {
  const letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  const bytes = [0];
  for (const letter of text) {
    let carry = letters.indexOf(letter);
    for (let i = 0; i < bytes.length; i++) {
      carry += (bytes[i] ?? 0) * 58;
      bytes[i] = carry & 0xff;
      carry >>= 8;
    }
    for (; carry > 0; carry >>= 8) bytes.push(carry & 0xff);
  }
  return Uint8Array.from(bytes.reverse());
}

describe.skipIf(!present)(`did:key vectors${present ? '' : ' (vectors folder missing)'}`, () => {
  const ed25519 = load('ed25519-x25519.json');
  const nist = load('nist-curves.json');
  const p256 = nist.filter(([did]) => did.startsWith('did:key:zDn'));
  const others = nist.filter(([did]) => !did.startsWith('did:key:zDn'));

  it('has vectors of every kind', () => {
    expect([ed25519.length, p256.length, others.length].every((count) => count >= 2)).toBe(true);
  });

  it.each(ed25519)('Ed25519 %s', async (did, vector) => {
    const key = await dids.findKey(`${did}#${did.slice('did:key:'.length)}`, 'assertionMethod');
    const pair = member(vector, 'verificationKeyPair');
    const bytes = member(pair, 'publicKeyBase58');
    const x = typeof bytes === 'string' ? encodeBase64url(base58(bytes)) : member(pair, 'publicKeyJwk', 'x');
    expect(key).toEqual({ kty: 'OKP', crv: 'Ed25519', x });
  });

  it.each(p256)('P-256 %s', async (did, vector) => {
    const key = await dids.findKey(`${did}#${did.slice('did:key:'.length)}`, 'authentication');
    const point = member(vector, 'verificationMethod', 'publicKeyBase58');
    if (typeof point === 'string') {
      // Compressed: the parity of y, then x.
      const parity = ((Buffer.from(key.y ?? '', 'base64url')[31] ?? 0) & 1) + 2;
      expect([parity, ...Buffer.from(key.x, 'base64url')]).toEqual([...base58(point)]);
      return;
    }
    const jwk = member(vector, 'verificationMethod', 'publicKeyJwk');
    expect(key).toEqual({ kty: 'EC', crv: 'P-256', x: member(jwk, 'x'), y: member(jwk, 'y') });
  });

  it.each(others)('another curve is not supported: %s', async (did) => {
    const error: unknown = await dids.resolve(did).catch((reason: unknown) => reason);
    expect(['did_unsupported', 'did_invalid']).toContain(codeOf(error));
  });
});
