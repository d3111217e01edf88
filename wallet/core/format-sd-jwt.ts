import { HufuError } from '../../shared/errors.ts';
import { thumbprint } from '../../shared/keys/index.ts';
import { createKeyBinding, presentSdJwt, verifySdJwt } from '../../shared/sd-jwt/index.ts';
import { readStatusReference } from '../../shared/status-list/index.ts';
import type { TrustedKey } from '../../shared/trust/index.ts';
import type { CredentialFormat } from './formats.ts';

/** SD-JWT VC, `dc+sd-jwt`: as issued (RFC 9901 7.1) and as shown (7.2). */
export const sdJwtFormat: CredentialFormat = {
  async verifyReceived(credential, expected, ports) {
    const now = ports.clock.now();
    let trusted: TrustedKey | undefined;
    const verified = await verifySdJwt(credential, {
      crypto: ports.crypto,
      now,
      issuerKey: async (jwt) => {
        trusted = await ports.trust.keyFor(jwt, expected.types);
        return trusted.key;
      },
      keyBinding: 'none-at-issuance',
      validity: 'exp-or-status',
      expectedVct: expected.types,
    });
    const { payload, holderKey } = verified;
    if (trusted?.issuer.id !== expected.issuer) throw new HufuError('iss_mismatch', { at: 'credential.iss' });
    if (holderKey === undefined) throw new HufuError('holder_mismatch', { at: 'credential.cnf' });
    return {
      holderThumbprint: thumbprint(holderKey, ports.crypto),
      claims: payload,
      authorityKeyIds: trusted.authorityKeyIds,
      expiresAt: typeof payload.exp === 'number' ? payload.exp : undefined,
      status: readStatusReference(payload),
      disclosedPaths: verified.disclosedPaths,
    };
  },

  async present(credential, paths, audience, signer, ports) {
    const presentation = presentSdJwt(credential, paths, ports.crypto);
    return createKeyBinding({ presentation, ...audience, iat: ports.clock.now(), signer, crypto: ports.crypto });
  },
};
