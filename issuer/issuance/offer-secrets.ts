import { createHmac, randomInt } from 'node:crypto';
import { constantTimeEqual } from '../../shared/encoding/index.ts';
import type { Hasher } from '../../shared/keys/index.ts';

const txCodeLength = 6;

/**
 * The secrets of an offer. Code and reference are derived from its id under a key that is not in the database: an offer
 * by reference can be served again and again although only hashes are stored. The transaction code is random and short,
 * so only a keyed MAC of it is kept; an unkeyed hash would give it away.
 */
export interface OfferSecrets {
  codeOf(offerId: string): string;
  referenceOf(offerId: string): string;
  hashOf(secret: string): string;
  createTxCode(): string;
  macOf(offerId: string, txCode: string): string;
  isTxCode(offerId: string, txCode: string, mac: string): boolean;
}

export function createOfferSecrets(key: Uint8Array, hasher: Hasher): OfferSecrets {
  const derive = (label: string, ...parts: string[]) =>
    createHmac('sha256', key)
      .update([label, ...parts].join('|'))
      .digest('base64url');
  const macOf = (offerId: string, txCode: string) => derive('tx_code', offerId, txCode);
  return {
    codeOf: (offerId) => derive('code', offerId),
    referenceOf: (offerId) => derive('reference', offerId),
    hashOf: (secret) => hasher.sha256Base64url(`offer|${secret}`),
    createTxCode: () => String(randomInt(10 ** txCodeLength)).padStart(txCodeLength, '0'),
    macOf,
    isTxCode: (offerId, txCode, mac) => constantTimeEqual(macOf(offerId, txCode), mac),
  };
}

export const txCodeShape = { input_mode: 'numeric', length: txCodeLength } as const;
