import type { Clock } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/encoding/index.ts';
import { parseShape } from '../../shared/encoding/index.ts';
import type { Signer } from '../../shared/keys/index.ts';
import { type IssuerMetadata, issuerMetadata, signIssuerMetadata } from '../../shared/oid4vci/index.ts';
import type { Catalogue } from '../catalogue/index.ts';
import { batchSize } from './check-request.ts';
import { encs, keyAgreement, type RequestKey } from './request-encryption.ts';
import type { CredentialSigner } from './sign-copies.ts';

const signedSeconds = 86_400;

/** Credential issuer metadata (OpenID4VCI 1.0 12.2.4); the issuer is its own authorization server. */
export function createIssuerMetadata(options: {
  readonly issuer: string;
  readonly name: Readonly<Record<'zh-Hans' | 'en', string>>;
  readonly catalogue: Catalogue;
  readonly requestKey: RequestKey;
}): IssuerMetadata {
  const { issuer, name, catalogue, requestKey } = options;
  return parseShape(issuerMetadata, {
    credential_issuer: issuer,
    credential_endpoint: `${issuer}/credential`,
    nonce_endpoint: `${issuer}/nonce`,
    notification_endpoint: `${issuer}/notification`,
    credential_request_encryption: {
      jwks: { keys: [requestKey.publicJwk] },
      enc_values_supported: [...encs],
      encryption_required: false,
    },
    credential_response_encryption: {
      alg_values_supported: [keyAgreement],
      enc_values_supported: [...encs],
      encryption_required: false,
    },
    batch_credential_issuance: { batch_size: batchSize },
    display: [
      { name: name['zh-Hans'], locale: 'zh-Hans' },
      { name: name.en, locale: 'en' },
    ],
    credential_configurations_supported: catalogue.describe(),
  });
}

/** The same, signed with the certificate of the credentials (12.2.3); made anew when half its life is over. */
export function createSignedMetadata(options: {
  readonly metadata: IssuerMetadata;
  readonly signer: CredentialSigner;
  readonly clock: Clock;
}): () => Promise<string> {
  const { metadata, signer, clock } = options;
  let current: { readonly token: Promise<string>; readonly until: number } | undefined;
  return () => {
    const now = clock.now();
    if (current === undefined || current.until <= now) {
      const header = { x5c: [...signer.x5c] };
      const token = signIssuerMetadata(metadata, { now, lifetimeSeconds: signedSeconds, header }, signer.signer);
      current = { token, until: now + signedSeconds / 2 };
    }
    return current.token;
  };
}

/** JWT VC issuer metadata (SD-JWT VC 4): the key by URL, for those who do not read x5c. */
export function jwtVcIssuerMetadata(issuer: string, signer: Signer): JsonObject {
  return { issuer, jwks: { keys: [{ ...publicMembers(signer), use: 'sig', alg: signer.alg }] } };
}

/** did:web document: one key, and only to make statements with. */
export function didDocument({ did, kid, signer }: CredentialSigner): JsonObject {
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/suites/jws-2020/v1'],
    id: did,
    verificationMethod: [{ id: kid, type: 'JsonWebKey2020', controller: did, publicKeyJwk: publicMembers(signer) }],
    assertionMethod: [kid],
  };
}

function publicMembers(signer: Signer): JsonObject {
  const { kty, crv, x, y } = signer.publicJwk;
  return { kty, crv, x, ...(y === undefined ? {} : { y }) };
}
