/**
 * An authenticator in software that speaks the JSON forms browsers send to servers (WebAuthn Level 3, 5.1), with an
 * attestation object. Real keys, real signatures; each way of misbehaving is a switch. The wallet's own passkeys are
 * in software-passkey.ts.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { decodeBase64url, encodeBase64url } from '../../shared/encoding/index.ts';

export interface WebPasskey {
  readonly id: string;
  counter: number;
  create(options: CeremonyOptions, spoil?: Spoil): object;
  get(options: CeremonyOptions, spoil?: Spoil): object;
}

/** What a server's options say that we read; more is there. */
export interface CeremonyOptions {
  readonly challenge: string;
  readonly user?: { readonly id: string };
}

export interface Spoil {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly framed?: boolean;
  readonly userVerified?: boolean;
  readonly userPresent?: boolean;
  readonly counter?: number;
  readonly forgedSignature?: boolean;
  /** Another credential's id with this one's key. */
  readonly id?: string;
  readonly userHandle?: string;
}

export function webPasskey(place: { readonly origin: string; readonly rpId: string }): WebPasskey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credentialId = randomBytes(16);
  const id = encodeBase64url(credentialId);
  let userHandle = '';

  function clientData(type: string, options: CeremonyOptions, spoil: Spoil): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: spoil.type ?? type,
        challenge: spoil.challenge ?? options.challenge,
        origin: spoil.origin ?? place.origin,
        crossOrigin: spoil.framed ?? false,
      }),
    );
  }

  function authenticatorData(spoil: Spoil, counter: number, attested: Buffer | undefined): Buffer {
    const flags =
      ((spoil.userPresent ?? true) ? 1 : 0) |
      ((spoil.userVerified ?? true) ? 4 : 0) |
      (attested === undefined ? 0 : 0x40);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const rpHash = sha256(Buffer.from(spoil.rpId ?? place.rpId));
    return Buffer.concat([rpHash, Buffer.from([flags]), count, attested ?? Buffer.alloc(0)]);
  }

  const passkey: WebPasskey = {
    id,
    counter: 0,

    create(options, spoil = {}) {
      userHandle = options.user?.id ?? '';
      const length = Buffer.from([credentialId.length >> 8, credentialId.length & 0xff]);
      const attested = Buffer.concat([Buffer.alloc(16), length, credentialId, coseKey(publicKey)]);
      const data = authenticatorData(spoil, spoil.counter ?? passkey.counter, attested);
      const attestationObject = Buffer.concat([
        Buffer.from([0xa3]),
        cborText('fmt'),
        cborText('none'),
        cborText('attStmt'),
        Buffer.from([0xa0]),
        cborText('authData'),
        cborBytes(data),
      ]);
      return {
        id,
        rawId: id,
        type: 'public-key',
        response: {
          clientDataJSON: encodeBase64url(clientData('webauthn.create', options, spoil)),
          attestationObject: encodeBase64url(attestationObject),
          transports: ['internal'],
        },
        clientExtensionResults: {},
        authenticatorAttachment: 'platform',
      };
    },

    get(options, spoil = {}) {
      if (spoil.counter === undefined && passkey.counter > 0) passkey.counter += 1;
      const client = clientData('webauthn.get', options, spoil);
      const data = authenticatorData(spoil, spoil.counter ?? passkey.counter, undefined);
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), privateKey);
      if (spoil.forgedSignature === true) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
      return {
        id: spoil.id ?? id,
        rawId: spoil.id ?? id,
        type: 'public-key',
        response: {
          clientDataJSON: encodeBase64url(client),
          authenticatorData: encodeBase64url(data),
          signature: encodeBase64url(signature),
          userHandle: spoil.userHandle ?? userHandle,
        },
        clientExtensionResults: {},
      };
    },
  };
  return passkey;
}

function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

/** EC2, ES256, P-256 (RFC 9053 7.1.1). */
function coseKey(key: KeyObject): Buffer {
  const { x, y } = key.export({ format: 'jwk' });
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    cborBytes(Buffer.from(decodeBase64url(x ?? ''))),
    Buffer.from([0x22]),
    cborBytes(Buffer.from(decodeBase64url(y ?? ''))),
  ]);
}

function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 | text.length]), Buffer.from(text)]);
}

function cborBytes(bytes: Buffer): Buffer {
  const head = bytes.length < 256 ? [0x58, bytes.length] : [0x59, bytes.length >> 8, bytes.length & 0xff];
  return Buffer.concat([Buffer.from(head), bytes]);
}
