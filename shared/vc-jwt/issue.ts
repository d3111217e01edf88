import type { JsonObject } from '../encoding/index.ts';
import { parseJwt } from '../jwt/index.ts';
import type { Signer } from '../keys/index.ts';
import { checkCredential } from './credential.ts';
import { baseContext, baseCredentialType, libraryIssuer, loadLibrary } from './library.ts';

export interface IssueVcJwtOptions {
  readonly credential: {
    /** Types beside `VerifiableCredential`. */
    readonly types: readonly string[];
    /** DID of the holder. */
    readonly subject: string;
    /** `credentialSubject` without its `id`. */
    readonly claims: JsonObject;
    /** A URI of its own. */
    readonly id?: string;
    /** Epoch seconds. */
    readonly issuedAt: number;
    readonly validFrom: number;
    readonly validUntil: number;
    /** Token Status List entry. */
    readonly status?: { readonly uri: string; readonly idx: number };
  };
  /** `kid` is the DID URL of the signer's key, under `assertionMethod` of the DID's document. */
  readonly issuer: { readonly did: string; readonly kid: string; readonly signer: Signer };
}

/**
 * A W3C credential as a signed JWT, `typ: JWT` (VCDM 1.1 6.3.1). Every statement stands in one place: issuer, subject,
 * identifier and dates only as registered claims; `credentialSubject.id` repeats `sub`. Refused: what `checkCredential`
 * refuses, so that nothing leaves that our own verifier would not take.
 */
export async function issueVcJwt({ credential, issuer }: IssueVcJwtOptions): Promise<string> {
  const { types, subject, claims, id, issuedAt, validFrom, validUntil, status } = credential;
  const { createVerifiableCredentialJwt } = await loadLibrary();
  const token = await createVerifiableCredentialJwt(
    {
      sub: subject,
      ...(id === undefined ? {} : { jti: id }),
      iat: issuedAt,
      nbf: validFrom,
      exp: validUntil,
      ...(status === undefined ? {} : { status: { status_list: { uri: status.uri, idx: status.idx } } }),
      vc: {
        '@context': [baseContext],
        type: [baseCredentialType, ...types],
        credentialSubject: { ...claims, id: subject },
      },
    },
    libraryIssuer(issuer.did, issuer.signer),
    { header: { typ: 'JWT', kid: issuer.kid } },
  );
  await checkCredential(parseJwt(token).payload, { now: validFrom, mayLackExp: false });
  return token;
}
