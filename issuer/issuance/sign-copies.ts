import type { JsonObject } from '../../shared/encoding/index.ts';
import type { Crypto, Signer } from '../../shared/keys/index.ts';
import type { VerifiedKeyProof } from '../../shared/oid4vci/index.ts';
import { issueSdJwt } from '../../shared/sd-jwt/index.ts';
import type { StatusReference } from '../../shared/status-list/index.ts';
import { issueVcJwt } from '../../shared/vc-jwt/index.ts';
import type { Configuration, CredentialClaims } from '../catalogue/index.ts';

/** Who signs credentials, under both of its names. */
export interface CredentialSigner {
  readonly signer: Signer;
  /** Leaf and intermediates, without the anchor (HAIP 1.0 6.1.1). */
  readonly x5c: readonly string[];
  readonly did: string;
  /** DID URL of the key in the did:web document. */
  readonly kid: string;
  /** End of the certificate, epoch seconds: nothing is signed to hold longer. */
  readonly notAfter: number;
}

export interface CopyTimes {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

const day = 86_400;
const credentialDays = 90;

/**
 * From when until when a set holds. The beginning is the whole day (UTC): copies of one set are not to be told by their
 * second, and holders of one day look alike (HAIP 1.0 5, batch issuance). The end is the same for all of a day, unless
 * the paper document or our certificate ends before.
 */
export function timesOf(now: number, documentEnd: number | undefined, certificateEnd: number): CopyTimes {
  const issuedAt = Math.floor(now / day) * day;
  return { issuedAt, expiresAt: Math.min(issuedAt + credentialDays * day, documentEnd ?? Infinity, certificateEnd) };
}

/** One credential for each key and status index, in a new salt each; their order tells nothing. */
export function signCopies(options: {
  readonly issuer: string;
  readonly configuration: Configuration;
  readonly content: CredentialClaims;
  readonly times: CopyTimes;
  readonly holders: readonly VerifiedKeyProof[];
  readonly refs: readonly StatusReference[];
  readonly signer: CredentialSigner;
  readonly crypto: Crypto;
}): Promise<string[]> {
  const { holders, refs, configuration } = options;
  if (holders.length !== refs.length) throw new TypeError('a status index for each copy');
  return Promise.all(
    holders.map((holder, index) => {
      const status = refs[index];
      if (status === undefined) throw new TypeError('a status index for each copy');
      return configuration.format === 'dc+sd-jwt'
        ? signSdJwt(options, holder, status)
        : signVcJwt(options, holder, status);
    }),
  );
}

type Options = Parameters<typeof signCopies>[0];

/** SD-JWT VC (draft 2.2.2): issuer by URL and certificate, holder by `cnf.jwk`. */
function signSdJwt(
  { issuer, content, times, signer, crypto }: Options,
  holder: VerifiedKeyProof,
  status: StatusReference,
): Promise<string> {
  const { kty, crv, x, y } = holder.key;
  const jwk: JsonObject = { kty, crv, x, ...(y === undefined ? {} : { y }) };
  const payload: JsonObject = {
    iss: issuer,
    iat: times.issuedAt,
    nbf: times.issuedAt,
    exp: times.expiresAt,
    cnf: { jwk },
    status: { status_list: { idx: status.idx, uri: status.uri } },
    ...content.claims,
  };
  return issueSdJwt({
    payload,
    disclosable: content.disclosable,
    header: { x5c: [...signer.x5c] },
    signer: signer.signer,
    crypto,
  });
}

/** W3C VC-JWT: issuer by did:web, holder by did:jwk. */
function signVcJwt(
  { configuration, content, times, signer }: Options,
  holder: VerifiedKeyProof,
  status: StatusReference,
): Promise<string> {
  if (holder.did === undefined) throw new TypeError('a W3C credential names its holder by DID');
  return issueVcJwt({
    credential: {
      types: (configuration.vcTypes ?? []).slice(1),
      subject: holder.did,
      claims: content.claims,
      issuedAt: times.issuedAt,
      validFrom: times.issuedAt,
      validUntil: times.expiresAt,
      status,
    },
    issuer: { did: signer.did, kid: signer.kid, signer: signer.signer },
  });
}
