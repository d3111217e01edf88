import { describe, expect, it } from 'vitest';
import { fixedClock } from '../../../shared/clock.ts';
import { createDidKeys, didJwkOf } from '../../../shared/did/index.ts';
import type { JsonObject } from '../../../shared/encoding/index.ts';
import { signJwt } from '../../../shared/jwt/index.ts';
import type { PublicJwk, Signer } from '../../../shared/keys/index.ts';
import {
  createKeyProof,
  type KeyBinding,
  signIssuerMetadata,
  verifyIssuerMetadata,
  verifyKeyProof,
} from '../../../shared/oid4vci/index.ts';
import { generateNodeSigner, nodeCrypto } from '../../../shared/server/node-crypto.ts';

const now = 1_800_000_000;
const issuer = 'https://issuer.example';
const crypto = nodeCrypto();
const dids = createDidKeys({ clock: fixedClock(now) });
const holder = generateNodeSigner('ES256');
const other = generateNodeSigner('ES256');
const bare = ({ kty, crv, x, y }: PublicJwk): JsonObject => ({ kty, crv, x, ...(y === undefined ? {} : { y }) });
const didUrl = (signer: Signer) => `${didJwkOf(signer.publicJwk)}#0`;

const verify = (proof: string, binding: KeyBinding = 'jwk') =>
  verifyKeyProof(proof, { crypto, dids, expectedIssuer: issuer, binding, algs: ['ES256', 'EdDSA'], now });

const header = { typ: 'openid4vci-proof+jwt', jwk: bare(holder.publicJwk) };
const payload = { aud: issuer, iat: now, nonce: 'n' };

describe('key proofs', () => {
  it('by jwk and by did:jwk, ES256 and EdDSA, are verified', async () => {
    for (const signer of [holder, generateNodeSigner('EdDSA')]) {
      const byJwk = await createKeyProof({ issuer, nonce: 'n', now, key: { jwk: signer.publicJwk } }, signer);
      expect(await verify(byJwk)).toMatchObject({ nonce: 'n', did: undefined, key: bare(signer.publicJwk) });
      const byDid = await createKeyProof({ issuer, nonce: 'n', now, key: { kid: didUrl(signer) } }, signer);
      expect(await verify(byDid, 'did:jwk')).toMatchObject({
        did: didJwkOf(signer.publicJwk),
        key: bare(signer.publicJwk),
      });
    }
  });

  it.each<[string, JsonObject, JsonObject, KeyBinding?]>([
    ['wrong typ', { ...header, typ: 'JWT' }, payload],
    ['typ of a key binding', { ...header, typ: 'kb+jwt' }, payload],
    ['no typ', { jwk: header.jwk }, payload],
    ['aud of another issuer', header, { ...payload, aud: 'https://other.example' }],
    ['aud as a list', header, { ...payload, aud: [issuer] }],
    ['no aud', header, { iat: now, nonce: 'n' }],
    ['iat an hour ago', header, { ...payload, iat: now - 3600 }],
    ['iat an hour ahead', header, { ...payload, iat: now + 3600 }],
    ['no iat', header, { aud: issuer, nonce: 'n' }],
    ['iat as text', header, { ...payload, iat: `${now}` }],
    ['an exp that is over', header, { ...payload, exp: now - 61 }],
    ['both jwk and kid', { ...header, kid: didUrl(holder) }, payload],
    ['neither jwk nor kid', { typ: header.typ }, payload],
    ['x5c', { ...header, x5c: ['AAAA'] }, payload],
    ['trust_chain', { ...header, trust_chain: ['a'] }, payload],
    ['another key than the signer', { ...header, jwk: bare(other.publicJwk) }, payload],
    ['a private member in jwk', { ...header, jwk: { ...header.jwk, d: 'AAAA' } }, payload],
    ['a symmetric jwk', { ...header, jwk: { kty: 'oct', k: 'AAAA' } }, payload],
    ['no nonce', header, { aud: issuer, iat: now }],
    ['a nonce that is a number', header, { ...payload, nonce: 1 }],
    ['iss of somebody', header, { ...payload, iss: 'client' }],
    ['kid where a jwk is asked for', { typ: header.typ, kid: didUrl(holder) }, payload],
    ['jwk where a did:jwk is asked for', header, payload, 'did:jwk'],
    ['did:jwk of another key', { typ: header.typ, kid: didUrl(other) }, payload, 'did:jwk'],
    ['did:jwk without fragment', { typ: header.typ, kid: didJwkOf(holder.publicJwk) }, payload, 'did:jwk'],
    ['did:web', { typ: header.typ, kid: 'did:web:localhost#0' }, payload, 'did:jwk'],
  ])('nc-048 with %s are refused', async (_, head, body, binding = 'jwk') => {
    const proof = await signJwt(head, body, holder);
    await expect(verify(proof, binding)).rejects.toMatchObject({ code: 'proof_invalid' });
  });

  it('nc-048 by another method than did:jwk are refused, although the key is right', async () => {
    const signer = generateNodeSigner('EdDSA');
    const did = `did:key:z${base58(Buffer.concat([Buffer.from([0xed, 0x01]), Buffer.from(signer.publicJwk.x, 'base64url')]))}`;
    const kid = `${did}#${did.slice('did:key:'.length)}`;
    expect(await dids.findKey(kid, 'authentication')).toMatchObject({ x: signer.publicJwk.x });
    const proof = await createKeyProof({ issuer, nonce: 'n', now, key: { kid } }, signer);
    await expect(verify(proof, 'did:jwk')).rejects.toMatchObject({ code: 'proof_invalid' });
  });

  it('nc-048 with an algorithm that is not offered are refused', async () => {
    const signer = generateNodeSigner('EdDSA');
    const proof = await createKeyProof({ issuer, nonce: 'n', now, key: { jwk: signer.publicJwk } }, signer);
    const narrow = { crypto, dids, expectedIssuer: issuer, binding: 'jwk', algs: ['ES256'], now } as const;
    await expect(verifyKeyProof(proof, narrow)).rejects.toMatchObject({ code: 'proof_invalid' });
  });

  it('nc-048 at the edge of time: 360 s old is too old, one second less is not', async () => {
    await expect(verify(await signJwt(header, { ...payload, iat: now - 359 }, holder))).resolves.toBeDefined();
    await expect(verify(await signJwt(header, { ...payload, iat: now - 360 }, holder))).rejects.toMatchObject({
      code: 'proof_invalid',
    });
    await expect(verify(await signJwt(header, { ...payload, iat: now + 61 }, holder))).rejects.toMatchObject({
      code: 'proof_invalid',
    });
  });

  it('that are no tokens, too large, or damaged are refused', async () => {
    const good = await createKeyProof({ issuer, nonce: 'n', now, key: { jwk: holder.publicJwk } }, holder);
    const damaged = `${good.slice(0, -4)}AAAA`;
    for (const proof of ['', 'a.b', `${good}.x`, damaged, good + 'A'.repeat(9_000)]) {
      await expect(verify(proof)).rejects.toMatchObject({ code: 'proof_invalid' });
    }
    await expect(verify(good)).resolves.toBeDefined();
  });
});

describe('signed issuer metadata', () => {
  const metadata = {
    credential_issuer: issuer,
    credential_endpoint: `${issuer}/credential`,
    credential_configurations_supported: {},
  };
  const sign = (value = metadata) =>
    signIssuerMetadata(value, { now, lifetimeSeconds: 3600, header: { x5c: ['AAAA'] } }, holder);
  const check = (token: string, expectedIssuer = issuer, at = now) =>
    verifyIssuerMetadata(token, { crypto, key: () => holder.publicJwk, expectedIssuer, now: at });

  it('comes back as it went in', async () => {
    expect(await check(await sign())).toEqual(metadata);
  });

  it('of another issuer, of another kind, too old, or signed by another is refused', async () => {
    await expect(check(await sign(), 'https://other.example')).rejects.toMatchObject({ code: 'iss_mismatch' });
    await expect(check(await sign(), issuer, now + 3661)).rejects.toMatchObject({ code: 'expired' });
    const claims = { ...metadata, sub: issuer, iat: now };
    await expect(check(await signJwt({ typ: 'JWT' }, claims, holder))).rejects.toMatchObject({ code: 'typ_mismatch' });
    await expect(check(await signJwt({ typ: 'openidvci-issuer-metadata+jwt' }, claims, other))).rejects.toMatchObject({
      code: 'sig_invalid',
    });
    const foreign = { ...claims, credential_issuer: 'https://other.example' };
    await expect(check(await signJwt({ typ: 'openidvci-issuer-metadata+jwt' }, foreign, holder))).rejects.toMatchObject(
      { code: 'metadata_invalid' },
    );
  });
});

function base58(bytes: Uint8Array): string {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  let text = '';
  for (let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`); rest > 0n; rest /= 58n)
    text = alphabet[Number(rest % 58n)] + text;
  return text;
}
