import { createHmac, randomBytes } from 'node:crypto';
import { encodeBase64url } from '../../shared/encoding/index.ts';
import { nodeCrypto } from '../../shared/server/node-crypto.ts';
import type { PasskeyPort } from '../../wallet/vault/index.ts';

/** A passkey in software: real keys, real signatures, real PRF; each way of misbehaving is a switch. */
export interface SoftwarePasskey extends PasskeyPort {
  misbehave(fault: PasskeyFault | undefined): void;
  /** Adds a second passkey of the same device and answers with it from now on. */
  switchCredential(): Promise<void>;
  readonly touches: number;
}

export type PasskeyFault =
  | 'no-prf'
  | 'prf-only-at-assertion'
  | 'no-user-verification'
  | 'no-user-presence'
  | 'cancelled'
  | 'other-origin'
  | 'other-host'
  | 'other-challenge'
  | 'other-type'
  | 'framed'
  | 'forged-signature';

interface Held {
  readonly id: Uint8Array<ArrayBuffer>;
  readonly pair: CryptoKeyPair;
  readonly prfSeed: Uint8Array;
}

export interface SoftwarePasskeyOptions {
  readonly origin: string;
  readonly rpId: string;
  readonly alg?: -7 | -8 | -257;
}

const generation = {
  [-7]: { name: 'ECDSA', namedCurve: 'P-256' },
  [-8]: { name: 'Ed25519' },
  [-257]: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
} as const;

export async function softwarePasskey(options: SoftwarePasskeyOptions): Promise<SoftwarePasskey> {
  const { alg = -7 } = options;
  const hasher = nodeCrypto();
  let fault: PasskeyFault | undefined;
  let touches = 0;
  let held = await makeCredential();

  async function makeCredential(): Promise<Held> {
    const pair = await crypto.subtle.generateKey(generation[alg], false, ['sign', 'verify']);
    if (!('privateKey' in pair)) throw new TypeError('key pair expected');
    return { id: new Uint8Array(randomBytes(16)), pair, prfSeed: randomBytes(32) };
  }

  function clientData(type: string, challenge: BufferSource): Uint8Array<ArrayBuffer> {
    const asked = fault === 'other-challenge' ? randomBytes(32) : bytesOf(challenge);
    return new TextEncoder().encode(
      JSON.stringify({
        type: fault === 'other-type' ? 'webauthn.create' : type,
        challenge: encodeBase64url(asked),
        origin: fault === 'other-origin' ? 'https://evil.example' : options.origin,
        crossOrigin: fault === 'framed',
      }),
    );
  }

  function authenticatorData(): Uint8Array<ArrayBuffer> {
    const rpId = fault === 'other-host' ? 'evil.example' : options.rpId;
    const flags = (fault === 'no-user-presence' ? 0 : 1) | (fault === 'no-user-verification' ? 0 : 4);
    return new Uint8Array([...hasher.sha256(rpId), flags, 0, 0, 0, 1]);
  }

  function prf(extensions: AuthenticationExtensionsClientInputs | undefined, creating: boolean) {
    if (fault === 'no-prf') return {};
    if (creating && fault === 'prf-only-at-assertion') return { prf: { enabled: true } };
    const salt = extensions?.prf?.eval?.first;
    const first =
      salt === undefined
        ? undefined
        : new Uint8Array(createHmac('sha256', held.prfSeed).update(bytesOf(salt)).digest()).buffer;
    return { prf: { ...(creating ? { enabled: true } : {}), ...(first === undefined ? {} : { results: { first } }) } };
  }

  function credential(response: object, results: object): Credential {
    const made = {
      type: 'public-key',
      id: encodeBase64url(held.id),
      rawId: held.id.slice().buffer,
      response,
      getClientExtensionResults: () => results,
    };
    return made;
  }

  return {
    misbehave: (next) => {
      fault = next;
    },
    switchCredential: async () => {
      held = await makeCredential();
    },
    get touches() {
      return touches;
    },

    async create({ publicKey }) {
      if (publicKey === undefined) throw new TypeError('publicKey expected');
      if (fault === 'cancelled') throw new DOMException('', 'NotAllowedError');
      touches += 1;
      const spki = await crypto.subtle.exportKey('spki', held.pair.publicKey);
      const response = {
        clientDataJSON: clientData('webauthn.create', publicKey.challenge).buffer,
        getAuthenticatorData: () => authenticatorData().buffer,
        getPublicKey: () => spki,
        getPublicKeyAlgorithm: () => alg,
      };
      return credential(response, prf(publicKey.extensions, true));
    },

    async get({ publicKey }) {
      if (publicKey === undefined) throw new TypeError('publicKey expected');
      if (fault === 'cancelled') throw new DOMException('', 'NotAllowedError');
      touches += 1;
      const client = clientData('webauthn.get', publicKey.challenge);
      const authenticator = authenticatorData();
      const signed = new Uint8Array([...authenticator, ...hasher.sha256(client)]);
      const raw = new Uint8Array(await crypto.subtle.sign(signing[alg], held.pair.privateKey, signed));
      if (fault === 'forged-signature') raw[10] = (raw[10] ?? 0) ^ 1;
      const response = {
        clientDataJSON: client.buffer,
        authenticatorData: authenticator.buffer,
        signature: (alg === -7 ? derSignature(raw) : raw).buffer,
      };
      return credential(response, prf(publicKey.extensions, false));
    },
  };
}

const signing = {
  [-7]: { name: 'ECDSA', hash: 'SHA-256' },
  [-8]: { name: 'Ed25519' },
  [-257]: { name: 'RSASSA-PKCS1-v1_5' },
} as const;

function bytesOf(source: BufferSource): Uint8Array {
  return source instanceof ArrayBuffer
    ? new Uint8Array(source)
    : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}

/** r || s to Ecdsa-Sig-Value, as authenticators send it. */
function derSignature(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const integers = [raw.subarray(0, 32), raw.subarray(32)].map((half) => {
    const first = half.findIndex((byte) => byte !== 0);
    const digits = [...half.subarray(Math.max(first, 0))];
    const value = (digits[0] ?? 0) >= 0x80 ? [0, ...digits] : digits;
    return [0x02, value.length, ...value];
  });
  const body = integers.flat();
  return new Uint8Array([0x30, body.length, ...body]);
}
