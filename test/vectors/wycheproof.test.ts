import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { encodeBase64url } from '../../shared/encoding/index.ts';
import { codeOf } from '../../shared/errors.ts';
import { type Alg, type Crypto, type PublicJwk, parsePublicJwk, webCrypto } from '../../shared/keys/index.ts';
import { nodeCrypto } from '../../shared/server/node-crypto.ts';

const folder = new URL('../../../shared/vectors/wycheproof/', import.meta.url);
const missing = !existsSync(folder);
const suffix = missing ? ' (vectors folder missing)' : '';

const file = z.object({
  numberOfTests: z.number(),
  testGroups: z.array(
    z.object({
      publicKey: z.object({ pk: z.optional(z.string()), uncompressed: z.optional(z.string()) }),
      tests: z.array(
        z.object({
          tcId: z.number(),
          msg: z.string(),
          sig: z.string(),
          result: z.enum(['valid', 'invalid', 'acceptable']),
        }),
      ),
    }),
  ),
});

interface Vector {
  readonly id: number;
  readonly key: PublicJwk;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly valid: boolean;
}

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

function read(name: string): Vector[] {
  const { testGroups, numberOfTests } = z.parse(file, JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
  const vectors = testGroups.flatMap(({ publicKey, tests }) =>
    tests.map((test) => {
      expect(test.result).not.toBe('acceptable');
      return {
        id: test.tcId,
        key: keyOf(publicKey),
        message: fromHex(test.msg),
        signature: fromHex(test.sig),
        valid: test.result === 'valid',
      };
    }),
  );
  expect(vectors).toHaveLength(numberOfTests);
  return vectors;
}

function keyOf(wire: { readonly pk?: string | undefined; readonly uncompressed?: string | undefined }): PublicJwk {
  if (wire.pk !== undefined)
    return parsePublicJwk({ kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(fromHex(wire.pk)) });
  const point = fromHex(wire.uncompressed ?? '');
  const [x, y] = [point.slice(1, 33), point.slice(33)];
  return parsePublicJwk({ kty: 'EC', crv: 'P-256', x: encodeBase64url(x), y: encodeBase64url(y) });
}

async function verdict(crypto: Crypto, alg: Alg, vector: Vector): Promise<boolean> {
  try {
    return await crypto.verify(alg, vector.key, vector.signature, vector.message);
  } catch (error) {
    expect(codeOf(error)).toBe('key_invalid');
    return false;
  }
}

const adapters: readonly (readonly [string, Crypto])[] = [
  ['node:crypto', nodeCrypto()],
  ['WebCrypto', webCrypto()],
];

describe.skipIf(missing).each(adapters)(`wycheproof on %s${suffix}`, (_name, crypto) => {
  it.each<readonly [string, Alg, number]>([
    ['ecdsa_secp256r1_sha256_p1363_test.json', 'ES256', 262],
    ['ed25519_test.json', 'EdDSA', 151],
    ['ed25519_test.json', 'Ed25519', 151],
  ])('nc-014 lg-08 %s as %s: valid accepted, invalid refused, all of them', async (name, alg, count) => {
    const vectors = read(name);
    expect(vectors).toHaveLength(count);
    const wrong: number[] = [];
    for (const vector of vectors) if ((await verdict(crypto, alg, vector)) !== vector.valid) wrong.push(vector.id);
    expect(wrong).toEqual([]);
    expect(vectors.filter((vector) => vector.valid).length).toBeGreaterThan(50);
    expect(vectors.filter((vector) => !vector.valid).length).toBeGreaterThan(50);
  });
});
