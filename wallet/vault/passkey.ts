import type { Clock } from '../../shared/clock.ts';
import { decodeBase64url, encodeBase64url } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { Hasher } from '../../shared/keys/index.ts';
import {
  checkAuthenticatorData,
  checkClientData,
  type PasskeyAlg,
  type PasskeyEvidence,
  verifyAssertion,
} from './assertion.ts';
import { deriveKey } from './derive.ts';
import type { PasskeyHeader, VaultHeader } from './header.ts';
import type { Unlocker } from './unlocker.ts';

/** `navigator.credentials`, or a software passkey in tests. */
export interface PasskeyPort {
  create(options: CredentialCreationOptions): Promise<Credential | null>;
  get(options: CredentialRequestOptions): Promise<Credential | null>;
}

export interface PasskeyOptions {
  /** `undefined` where the browser has no passkeys. */
  readonly credentials: PasskeyPort | undefined;
  readonly rpId: string;
  readonly origin: string;
  readonly clock: Clock;
  readonly hasher: Hasher & { randomBytes(count: number): Uint8Array<ArrayBuffer> };
  /** Shown by the browser in its list of passkeys. */
  readonly displayName: string;
}

const algs: readonly PasskeyAlg[] = [-7, -8, -257];
const timeout = 120_000;

/**
 * Unlocking by passkey: WebAuthn Level 3 with the PRF extension. The passkey lives on the authenticator (resident), the
 * person is recognised each time (user verification), and its PRF yields two unrelated secrets for two salts.
 */
export function passkeyUnlocker(options: PasskeyOptions): Unlocker {
  const { rpId, origin, hasher } = options;

  function port(): PasskeyPort {
    if (options.credentials === undefined) throw new HufuError('passkey_missing');
    return options.credentials;
  }

  async function assert(header: PasskeyHeader, challenge: Uint8Array<ArrayBuffer>, salt: string): Promise<Assertion> {
    const publicKey: PublicKeyCredentialRequestOptions = {
      challenge,
      rpId,
      timeout,
      userVerification: 'required',
      allowCredentials: [{ type: 'public-key', id: decodeBase64url(header.credentialId) }],
      extensions: { prf: { eval: { first: decodeBase64url(salt) } } },
    };
    const credential = await ask(() => port().get({ publicKey }));
    const response = readAssertion(credential);
    const evidence: PasskeyEvidence = {
      kind: 'passkey',
      credentialId: encodeBase64url(new Uint8Array(credential.rawId)),
      clientData: encodeBase64url(new Uint8Array(response.clientDataJSON)),
      authenticatorData: encodeBase64url(new Uint8Array(response.authenticatorData)),
      signature: encodeBase64url(new Uint8Array(response.signature)),
    };
    const secret = prfSecret(credential);
    try {
      await verifyAssertion(evidence, { ...header, challenge, origin, rpId, hasher });
    } catch (error) {
      secret?.fill(0);
      throw error;
    }
    if (secret === undefined) throw new HufuError('passkey_prf');
    return { secret, evidence };
  }

  return {
    grade: 'passkey',

    async enrol() {
      const challenge = hasher.randomBytes(32);
      const recordsSalt = encodeBase64url(hasher.randomBytes(32));
      const holderSalt = encodeBase64url(hasher.randomBytes(32));
      const name = options.displayName;
      const publicKey: PublicKeyCredentialCreationOptions = {
        challenge,
        timeout,
        rp: { id: rpId, name },
        user: { id: hasher.randomBytes(32), name, displayName: name },
        pubKeyCredParams: algs.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
        extensions: { prf: { eval: { first: decodeBase64url(recordsSalt) } } },
      };
      const credential = await ask(() => port().create({ publicKey }));
      const { response } = credential;
      if (!isAttestation(response)) throw new HufuError('passkey_invalid', { at: 'response' });
      checkClientData(new Uint8Array(response.clientDataJSON), 'webauthn.create', { challenge, origin });
      checkAuthenticatorData(new Uint8Array(response.getAuthenticatorData()), { rpId, hasher });
      const alg = algs.find((known) => known === response.getPublicKeyAlgorithm());
      const spki = response.getPublicKey();
      if (alg === undefined || spki === null) throw new HufuError('passkey_invalid', { at: 'public_key' });
      const header: PasskeyHeader = {
        v: 1,
        grade: 'passkey',
        rpId,
        credentialId: encodeBase64url(new Uint8Array(credential.rawId)),
        publicKey: encodeBase64url(new Uint8Array(spki)),
        alg,
        recordsSalt,
        holderSalt,
        createdAt: options.clock.now(),
      };
      if (credential.getClientExtensionResults().prf?.enabled !== true) throw new HufuError('passkey_prf');
      // Some authenticators give PRF output only when asserting: then one more touch, once in a wallet's life.
      const secret = prfSecret(credential) ?? (await assert(header, hasher.randomBytes(32), recordsSalt)).secret;
      return { header, recordsKey: await deriveKey(secret, 'records') };
    },

    async unlock(header) {
      const own = passkeyOnly(header);
      const { secret } = await assert(own, hasher.randomBytes(32), own.recordsSalt);
      return deriveKey(secret, 'records');
    },

    async gesture(header, challenge) {
      const own = passkeyOnly(header);
      const { secret, evidence } = await assert(own, challenge, own.holderSalt);
      return { holderKey: await deriveKey(secret, 'holder-keys'), evidence };
    },
  };
}

interface Assertion {
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly evidence: PasskeyEvidence;
}

function passkeyOnly(header: VaultHeader): PasskeyHeader {
  if (header.grade !== 'passkey') throw new TypeError('passkey vault expected');
  return header;
}

async function ask(call: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  let credential: Credential | null;
  try {
    credential = await call();
  } catch (cause) {
    if (cause instanceof HufuError) throw cause;
    // The browser says NotAllowedError for "cancelled", "timed out" and "no such passkey here" alike, on purpose.
    const cancelled =
      cause instanceof DOMException && (cause.name === 'NotAllowedError' || cause.name === 'AbortError');
    throw new HufuError(cancelled ? 'passkey_cancelled' : 'passkey_missing', { cause });
  }
  if (credential === null || !isPublicKeyCredential(credential)) throw new HufuError('passkey_cancelled');
  return credential;
}

/** The 32 bytes of the first PRF output, still the browser's own buffer, so that zeroing it zeroes the only copy. */
function prfSecret(credential: PublicKeyCredential): Uint8Array<ArrayBuffer> | undefined {
  const first = credential.getClientExtensionResults().prf?.results?.first;
  if (!(first instanceof ArrayBuffer) || first.byteLength !== 32) return undefined;
  return new Uint8Array(first);
}

function isPublicKeyCredential(credential: Credential): credential is PublicKeyCredential {
  return credential.type === 'public-key' && 'rawId' in credential && 'response' in credential;
}

function isAttestation(response: AuthenticatorResponse): response is AuthenticatorAttestationResponse {
  return 'getAuthenticatorData' in response && 'getPublicKey' in response;
}

function readAssertion(credential: PublicKeyCredential): AuthenticatorAssertionResponse {
  const { response } = credential;
  if (!isAssertion(response)) throw new HufuError('passkey_invalid', { at: 'response' });
  return response;
}

function isAssertion(response: AuthenticatorResponse): response is AuthenticatorAssertionResponse {
  return 'authenticatorData' in response && 'signature' in response;
}
