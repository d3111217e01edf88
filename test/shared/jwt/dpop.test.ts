import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { createDpop } from '../../../shared/jwt/index.ts';
import { nodeCrypto } from '../../../shared/server/node-crypto.ts';
import { now, signer } from './tokens.ts';

const crypto = nodeCrypto();
const base = { htm: 'POST', htu: 'https://issuer.example:8443/token?code=secret#part', now, crypto };

describe('DPoP proof (RFC 9449 4.2)', () => {
  it('is signed by the key that it carries, and by nothing private', async () => {
    const proof = await createDpop(base, signer);
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, { currentDate: new Date(now * 1000) });
    expect(Object.keys(protectedHeader).toSorted()).toEqual(['alg', 'jwk', 'typ']);
    expect(protectedHeader.typ).toBe('dpop+jwt');
    expect(Object.keys(protectedHeader.jwk ?? {}).toSorted()).toEqual(['crv', 'kty', 'x', 'y']);
    expect(await calculateJwkThumbprint(protectedHeader.jwk ?? {})).toBe(
      await calculateJwkThumbprint({ ...signer.publicJwk, key_ops: [] }),
    );
    expect(payload).toEqual({ jti: payload.jti, htm: 'POST', htu: 'https://issuer.example:8443/token', iat: now });
  });

  it('carries nonce and token hash when given, and another jti each time', async () => {
    const ath = crypto.sha256Base64url('token');
    const proofs = await Promise.all([1, 2].map(() => createDpop({ ...base, ath, nonce: 'n' }, signer)));
    const payloads = proofs.map((proof) => JSON.parse(Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString()));
    for (const payload of payloads) expect(payload).toMatchObject({ ath, nonce: 'n' });
    expect(payloads[0].jti).not.toBe(payloads[1].jti);
    expect(payloads[0].jti).toHaveLength(22);
  });
});
