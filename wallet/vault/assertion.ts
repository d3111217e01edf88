import * as z from 'zod/mini';
import {
  constantTimeEqual,
  decodeBase64url,
  decodeUtf8,
  encodeBase64url,
  encodeUtf8,
  parseJsonObject,
} from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { Hasher } from '../../shared/keys/index.ts';

/** COSE algorithms a passkey may use: ES256, EdDSA (Ed25519), RS256. */
export type PasskeyAlg = -7 | -8 | -257;

/** An assertion as it is kept: the holder's own proof that a touch happened over this challenge. All base64url. */
export const passkeyEvidence = z.strictObject({
  kind: z.literal('passkey'),
  credentialId: z.string(),
  clientData: z.string(),
  authenticatorData: z.string(),
  signature: z.string(),
});
export type PasskeyEvidence = z.infer<typeof passkeyEvidence>;

export interface ExpectedAssertion {
  readonly challenge: Uint8Array;
  readonly origin: string;
  readonly rpId: string;
  readonly credentialId: string;
  readonly publicKey: string;
  readonly alg: PasskeyAlg;
  readonly hasher: Hasher;
}

const userPresent = 0x01;
const userVerified = 0x04;

/**
 * WebAuthn Level 3 section 7.2, the steps that make sense where the relying party is the page itself: type, challenge,
 * origin, relying party, presence and verification of the person, signature. Any fault is `passkey_invalid` at the step.
 */
export async function verifyAssertion(evidence: PasskeyEvidence, expected: ExpectedAssertion): Promise<void> {
  const clientData = decodeBase64url(evidence.clientData, 'client_data');
  const authenticatorData = decodeBase64url(evidence.authenticatorData, 'authenticator_data');

  // 1 the credential this vault was made with, and no other
  if (evidence.credentialId !== expected.credentialId) throw refused('credential');
  // 2 what the browser says it was asked, and by whom
  checkClientData(clientData, 'webauthn.get', expected);
  // 3 for this host, with a person there (UP) who was recognised (UV)
  checkAuthenticatorData(authenticatorData, expected);
  // 4 signed by the passkey
  const signed = new Uint8Array(authenticatorData.length + 32);
  signed.set(authenticatorData);
  signed.set(expected.hasher.sha256(clientData), authenticatorData.length);
  const signature = decodeBase64url(evidence.signature, 'signature');
  if (!(await verifySignature(expected.alg, expected.publicKey, signature, signed))) throw refused('signature');
}

export interface ExpectedClientData {
  readonly challenge: Uint8Array;
  readonly origin: string;
}

/** Client data of a creation or an assertion (section 5.8.1): same page, no frame of another origin around it. */
export function checkClientData(
  bytes: Uint8Array,
  expectedType: 'webauthn.create' | 'webauthn.get',
  expected: ExpectedClientData,
): void {
  const data = parseJsonObject(decodeUtf8(bytes, 'client_data'), {}, 'client_data');
  if (data.type !== expectedType) throw refused('type');
  if (typeof data.challenge !== 'string') throw refused('challenge');
  if (!constantTimeEqual(data.challenge, encodeBase64url(expected.challenge))) throw refused('challenge');
  if (data.origin !== expected.origin) throw refused('origin');
  if (data.crossOrigin === true || data.topOrigin !== undefined) throw refused('cross_origin');
}

/** Authenticator data (section 6.1): relying party and flags. */
export function checkAuthenticatorData(
  bytes: Uint8Array,
  expected: { readonly rpId: string; readonly hasher: Hasher },
): void {
  const flags = bytes[32];
  if (bytes.length < 37 || flags === undefined) throw refused('authenticator_data');
  if (!constantTimeEqual(bytes.subarray(0, 32), expected.hasher.sha256(encodeUtf8(expected.rpId))))
    throw refused('rp_id');
  if ((flags & userPresent) === 0) throw refused('user_present');
  if ((flags & userVerified) === 0) throw refused('user_verified');
}

async function verifySignature(
  alg: PasskeyAlg,
  spki: string,
  signature: Uint8Array<ArrayBuffer>,
  data: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const row = algorithms[alg];
  try {
    const key = await crypto.subtle.importKey('spki', decodeBase64url(spki), row.key, false, ['verify']);
    return await crypto.subtle.verify(row.verify, key, row.der ? rawSignature(signature) : signature, data);
  } catch (cause) {
    throw new HufuError('passkey_invalid', { at: 'signature', cause });
  }
}

const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const p256 = { name: 'ECDSA', namedCurve: 'P-256' };
const algorithms = {
  [-7]: { key: p256, verify: { name: 'ECDSA', hash: 'SHA-256' }, der: true },
  [-8]: { key: { name: 'Ed25519' }, verify: { name: 'Ed25519' }, der: false },
  [-257]: { key: rsa, verify: rsa, der: false },
} as const;

/** Ecdsa-Sig-Value (RFC 3279 2.2.3) to r || s: WebAuthn signs in DER, WebCrypto verifies IEEE P1363. */
export function rawSignature(der: Uint8Array): Uint8Array<ArrayBuffer> {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw refused('signature');
  const raw = new Uint8Array(64);
  let offset = 2;
  for (const place of [32, 64]) {
    const length = der[offset + 1];
    if (der[offset] !== 0x02 || length === undefined || length < 1 || length > 33) throw refused('signature');
    const value = der.subarray(offset + 2, offset + 2 + length);
    if (value.length !== length) throw refused('signature');
    const digits = value[0] === 0 ? value.subarray(1) : value;
    if (digits.length > 32) throw refused('signature');
    raw.set(digits, place - digits.length);
    offset += 2 + length;
  }
  if (offset !== der.length) throw refused('signature');
  return raw;
}

function refused(at: string): HufuError {
  return new HufuError('passkey_invalid', { at });
}
