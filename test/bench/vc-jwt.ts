import { systemClock } from '../../shared/clock.ts';
import { createDidKeys, didJwkOf } from '../../shared/did/index.ts';
import { generateNodeSigner, nodeCrypto } from '../../shared/server/node-crypto.ts';
import { createVpJwt, issueVcJwt, type VerifyVpJwtOptions, verifyVpJwt } from '../../shared/vc-jwt/index.ts';
import { type Figure, measure } from './measure.ts';

const now = systemClock.now();
const aud = 'x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk';
const nonce = 'n-0S6_WzA2Mj-n-0S6_WzA2Mj';

/** A W3C credential of three claims, presented by its subject. */
export async function vcJwtFigures(): Promise<Figure[]> {
  const crypto = nodeCrypto();
  const [issuer, holder] = [generateNodeSigner('ES256'), generateNodeSigner('ES256')];
  const did = 'did:web:issuer.example';
  const holderDid = didJwkOf(holder.publicJwk);
  const issue = () =>
    issueVcJwt({
      credential: {
        types: ['ResidentIdCredential'],
        subject: holderDid,
        claims: { name: '张三', birthdate: '1990-01-01', number_last4: '0017' },
        id: 'urn:uuid:00000000-0000-4000-8000-000000000000',
        issuedAt: now,
        validFrom: now,
        validUntil: now + 86_400,
        status: { uri: 'https://issuer.example/status-lists/1', idx: 4711 },
      },
      issuer: { did, kid: `${did}#key-1`, signer: issuer },
    });
  const vcJwt = await issue();
  const present = () =>
    createVpJwt({ vcJwt, holder: { did: holderDid, kid: `${holderDid}#0`, signer: holder }, aud, nonce, now });
  const presentation = await present();
  const policy: VerifyVpJwtOptions = {
    crypto,
    dids: createDidKeys({ clock: systemClock }),
    now,
    expectedAud: aud,
    expectedNonce: nonce,
    issuerKey: () => issuer.publicJwk,
    expectedTypes: ['ResidentIdCredential'],
    validity: 'exp-required',
  };
  return [
    await measure('VC-JWT: issue', issue),
    await measure('VC-JWT: present', present),
    await measure('VC-JWT: verify presentation and credential', () => verifyVpJwt(presentation, policy), { target: 5 }),
  ];
}
