import { createHmac } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import { constantTimeEqual, decodeBase64url, encodeBase64url } from '../../shared/encoding/index.ts';

const randomLength = 12;
const macLength = 16;
const headLength = 4 + randomLength;

/** Nonces that need no memory to be recognised: expiry, randomness, and a MAC over both. */
export interface Nonces {
  create(): string;
  /** When a nonce of ours ends, or undefined for one that is unknown, altered or expired. */
  expiryOf(nonce: string): number | undefined;
}

/**
 * `label` and `issuer` are part of the MAC: a nonce for one purpose or tenant is unknown to every other.
 * Nothing is stored when one is made, so that nobody can fill the database by asking for nonces; single use is
 * recorded when one is used.
 */
export function createNonces(options: {
  readonly key: Uint8Array;
  readonly label: 'dpop' | 'c_nonce';
  readonly issuer: string;
  readonly lifetimeSeconds: number;
  readonly clock: Clock;
  readonly randomBytes: (length: number) => Uint8Array;
  /** The same nonce is given to everybody for so long. Only where a nonce may be used more than once. */
  readonly shareSeconds?: number;
}): Nonces {
  const { key, label, issuer, lifetimeSeconds, clock, randomBytes, shareSeconds = 0 } = options;
  let shared: { readonly nonce: string; readonly until: number } | undefined;

  function macOf(head: Uint8Array): Uint8Array {
    return createHmac('sha256', key).update(`${label}|${issuer}|`).update(head).digest().subarray(0, macLength);
  }

  function createFresh(now: number): string {
    const bytes = new Uint8Array(headLength + macLength);
    new DataView(bytes.buffer).setUint32(0, now + lifetimeSeconds);
    bytes.set(randomBytes(randomLength), 4);
    bytes.set(macOf(bytes.subarray(0, headLength)), headLength);
    return encodeBase64url(bytes);
  }

  return {
    create() {
      const now = clock.now();
      if (shared !== undefined && now < shared.until && now >= shared.until - shareSeconds) return shared.nonce;
      const nonce = createFresh(now);
      shared = { nonce, until: now + shareSeconds };
      return nonce;
    },

    expiryOf(nonce) {
      const bytes = bytesOf(nonce);
      if (bytes === undefined) return undefined;
      if (!constantTimeEqual(macOf(bytes.subarray(0, headLength)), bytes.subarray(headLength))) return undefined;
      const expiry = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
      return expiry > clock.now() ? expiry : undefined;
    },
  };
}

function bytesOf(nonce: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]{43}$/.test(nonce)) return undefined;
  try {
    return decodeBase64url(nonce);
  } catch {
    return undefined;
  }
}
