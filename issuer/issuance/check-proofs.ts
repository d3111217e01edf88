import type { DidKeys } from '../../shared/did/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { type Crypto, thumbprint } from '../../shared/keys/index.ts';
import { type VerifiedKeyProof, verifyKeyProof } from '../../shared/oid4vci/index.ts';
import type { Nonces, Use } from '../authorization/index.ts';
import type { CheckedRequest } from './check-request.ts';

const algs = ['ES256', 'EdDSA', 'Ed25519'] as const;

export interface CheckedProofs {
  /** One per copy, all different. */
  readonly keys: readonly VerifiedKeyProof[];
  /** The nonce of the batch, to be taken in the transaction that issues. */
  readonly use: Use;
}

/**
 * The proofs of one request, all or nothing (OpenID4VCI 1.0 8.2.1, appendix F.4). In order: 1. each proof for itself,
 * named by its place; 2. one nonce across the batch; 3. no key twice (all `proof_invalid`); 4. the nonce is ours and has
 * not ended (`nonce_invalid`). Whether it was used before is decided when it is taken.
 */
export async function checkProofs(
  { proofs, configuration }: CheckedRequest,
  options: {
    readonly issuer: string;
    readonly crypto: Crypto;
    readonly dids: DidKeys;
    readonly nonces: Nonces;
    readonly now: number;
  },
): Promise<CheckedProofs> {
  const { issuer, crypto, dids, nonces, now } = options;
  const keys: VerifiedKeyProof[] = [];
  for (const [index, proof] of proofs.entries()) {
    const expected = { crypto, dids, expectedIssuer: issuer, binding: configuration.binding, algs, now };
    keys.push(await verifyKeyProof(proof, { ...expected, at: `proofs.jwt[${index}]` }));
  }
  const nonce = keys[0]?.nonce ?? '';
  if (keys.some((proof) => proof.nonce !== nonce)) throw new HufuError('proof_invalid', { at: 'proofs.jwt.nonce' });
  if (new Set(keys.map(({ key }) => thumbprint(key, crypto))).size !== keys.length) {
    throw new HufuError('proof_invalid', { at: 'proofs.jwt.key' });
  }
  const expiresAt = nonces.expiryOf(nonce);
  if (expiresAt === undefined) throw new HufuError('nonce_invalid', { at: 'proofs.jwt.nonce' });
  return { keys, use: { useHash: crypto.sha256Base64url(`c_nonce|${nonce}`), expiresAt } };
}
