import { encodeUtf8 } from '../../shared/encoding/index.ts';

export type KeyPurpose = 'records' | 'holder-keys';

const usages: Readonly<Record<KeyPurpose, readonly KeyUsage[]>> = {
  records: ['encrypt', 'decrypt'],
  'holder-keys': ['wrapKey', 'unwrapKey'],
};

/**
 * HKDF-SHA-256 (RFC 5869) from a 32-byte secret to a non-extractable AES-256-GCM key for one purpose. The secret's bytes
 * are overwritten before this returns, also when it fails: nobody keeps what a passkey or a passphrase yielded.
 */
export async function deriveKey(secret: Uint8Array<ArrayBuffer>, purpose: KeyPurpose): Promise<CryptoKey> {
  try {
    const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
    const output = { name: 'AES-GCM', length: 256 };
    return await crypto.subtle.deriveKey(parameters(purpose), material, output, false, usages[purpose]);
  } finally {
    secret.fill(0);
  }
}

/** 32 bytes that tell a right passphrase from a wrong one and nothing else; leaves the secret as it is. */
export async function deriveCheck(secret: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  return new Uint8Array(await crypto.subtle.deriveBits(parameters('check'), material, 256));
}

function parameters(purpose: KeyPurpose | 'check') {
  const info = encodeUtf8(`hufu wallet 1 ${purpose}`);
  return { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info };
}
