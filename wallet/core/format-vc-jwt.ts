import { didJwkOf } from '../../shared/did/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { thumbprint } from '../../shared/keys/index.ts';
import { readStatusReference } from '../../shared/status-list/index.ts';
import type { TrustedKey } from '../../shared/trust/index.ts';
import { createVpJwt, verifyVcJwt } from '../../shared/vc-jwt/index.ts';
import type { CredentialFormat } from './formats.ts';

/** W3C VC-JWT, `jwt_vc_json`: one signature over everything, so a showing shows it whole. */
export const vcJwtFormat: CredentialFormat = {
  async verifyReceived(credential, expected, ports) {
    const { crypto, dids, clock } = ports;
    let trusted: TrustedKey | undefined;
    const verified = await verifyVcJwt(credential, {
      crypto,
      now: clock.now(),
      issuerKey: async (jwt) => {
        trusted = await ports.trust.keyFor(
          jwt,
          expected.types.filter((type) => type !== 'VerifiableCredential'),
        );
        return trusted.key;
      },
      expectedTypes: expected.types,
      validity: 'exp-or-status',
    });
    if (trusted?.issuer.id !== expected.issuer) throw new HufuError('iss_mismatch', { at: 'credential.iss' });
    const holderKey = await dids.findKey(`${verified.subject}#0`, 'authentication');
    return {
      holderThumbprint: thumbprint(holderKey, crypto),
      claims: verified.vc,
      authorityKeyIds: trusted.authorityKeyIds,
      expiresAt: typeof verified.payload.exp === 'number' ? verified.payload.exp : undefined,
      status: readStatusReference(verified.payload),
      disclosedPaths: undefined,
    };
  },

  async present(credential, _paths, audience, signer, ports) {
    const did = didJwkOf(signer.publicJwk);
    const holder = { did, kid: `${did}#0`, signer };
    return createVpJwt({ vcJwt: credential, holder, ...audience, now: ports.clock.now() });
  },
};
