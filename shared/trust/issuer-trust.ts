import type { Clock } from '../clock.ts';
import type { DidKeys } from '../did/index.ts';
import type { JsonObject } from '../encoding/index.ts';
import { codeOf, HufuError } from '../errors.ts';
import type { UnverifiedJwt } from '../jwt/index.ts';
import { BoundedCache, type Crypto, type PublicJwk, thumbprint } from '../keys/index.ts';
import { buildPath, checkWindow, type Path } from './chain.ts';
import { didOf, indexIssuers, type TrustedIssuer } from './trusted-issuers.ts';

const rememberedChains = 256;
/** Beside a chain a `kid` decides nothing; it must still look like one. */
const kidPattern = /^(?!.*\.\.)[A-Za-z0-9._~:#%=-]{1,256}$/;

/** A key that may have signed what it is asked for, and who stands behind it. */
export interface TrustedKey {
  readonly key: PublicJwk;
  readonly issuer: TrustedIssuer;
  /** Key identifiers of the chain's authorities, base64url (DCQL `aki`); none for a DID. */
  readonly authorityKeyIds: readonly string[];
}

export interface IssuerTrust {
  /**
   * The key of a credential's issuer, if that issuer may issue all of `types` (a vct, or the W3C types without
   * `VerifiableCredential`). The signature is still to be checked with it.
   */
  keyFor(jwt: UnverifiedJwt, types: string | readonly string[]): Promise<TrustedKey>;
  /** The key of a status list token, which must be of the issuer (by id or one of its DIDs) whose credential names the list. */
  statusKeyFor(jwt: UnverifiedJwt, issuerId: string): Promise<PublicJwk>;
}

export interface IssuerTrustOptions {
  readonly issuers: readonly TrustedIssuer[];
  readonly dids: DidKeys;
  readonly clock: Clock;
  readonly crypto: Crypto;
}

/**
 * Decides from `iss` alone, by the list, how an issuer's key is found: SD-JWT VC 3.5 (x5c), did:web and friends by the
 * rule of this ecosystem. Refused: `trust_unavailable` (empty list, DID document not to be had), `key_untrusted`
 * (unknown issuer; a key from the header, NC-003; a `kid` that names no key of the issuer, NC-004; a chain that leads
 * nowhere; a compromised key, NC-104), `iss_mismatch` (a good key of somebody else, NC-032), `issuer_not_authorised`,
 * `key_purpose`, and what DID resolution refuses. A list with two equal names or key ids throws a TypeError at once.
 */
export function createIssuerTrust(options: IssuerTrustOptions): IssuerTrust {
  const { issuers, dids, clock, crypto } = options;
  const { byId, byDid, retired } = indexIssuers(issuers);
  const paths = new BoundedCache<Path>(rememberedChains);

  return {
    async keyFor(jwt, types) {
      const wanted = typeof types === 'string' ? [types] : types;
      // 1. Who says so, and by which mechanism: the list's choice. No list is not the same as nobody to trust.
      if (issuers.length === 0) throw new HufuError('trust_unavailable', { at: 'issuers' });
      const { iss } = jwt.payload;
      if (typeof iss !== 'string') throw new HufuError('iss_mismatch', { at: 'iss' });
      const issuer = byId.get(iss) ?? byDid.get(iss);
      if (issuer === undefined) throw new HufuError('key_untrusted', { at: 'iss' });

      // 2. It may say so.
      if (wanted.length === 0 || !wanted.every((type) => issuer.types.includes(type))) {
        throw new HufuError('issuer_not_authorised', { at: 'type' });
      }

      // 3. With which key.
      return byId.has(iss) ? keyByChain(jwt, issuer) : keyByDid(jwt, issuer, iss);
    },

    async statusKeyFor(jwt, issuerId) {
      const issuer = byId.get(issuerId) ?? byDid.get(issuerId);
      if (issuer === undefined) throw new HufuError('key_untrusted', { at: 'issuer' });
      // A status token need not say who made it. Where it does, it must be this issuer; where not, the chain comes first.
      const iss = jwt.payload.iss ?? (issuer.anchors.length > 0 ? issuer.id : didOfKid(jwt.header));
      if (iss === issuer.id) return (await keyByChain(jwt, issuer)).key;
      if (typeof iss === 'string' && issuer.dids.includes(iss)) return (await keyByDid(jwt, issuer, iss)).key;
      throw new HufuError('iss_mismatch', { at: 'iss' });
    },
  };

  async function keyByChain(jwt: UnverifiedJwt, issuer: TrustedIssuer): Promise<TrustedKey> {
    // 1. The header offers a chain and nothing else.
    const { x5c, kid, jwk } = jwt.header;
    if (jwk !== undefined) throw new HufuError('key_untrusted', { at: 'header.jwk' });
    if (kid !== undefined && !(typeof kid === 'string' && kidPattern.test(kid)))
      throw new HufuError('key_untrusted', { at: 'header.kid' });
    if (!Array.isArray(x5c) || !x5c.every((entry) => typeof entry === 'string'))
      throw new HufuError('key_untrusted', { at: 'header.x5c' });

    // 2. It leads to an anchor of this very issuer, now.
    const path = await findPath(x5c, issuer);

    // 3. It is this issuer's, and nobody else's: leaf SAN against iss.
    if (!path.leaf.sanUris.includes(issuer.id)) throw new HufuError('iss_mismatch', { at: 'header.x5c' });

    // 4. No key of the chain is in other hands.
    for (const key of path.keys) checkNotCompromised(key, issuer);
    return { key: path.leaf.key, issuer, authorityKeyIds: path.leaf.authorityKeyIds };
  }

  async function findPath(x5c: readonly string[], issuer: TrustedIssuer): Promise<Path> {
    try {
      const id = crypto.sha256Base64url(JSON.stringify([issuer.id, x5c]));
      const path = paths.find(id) ?? (await buildPath(x5c, issuer.anchors, 'credential-issuer'));
      checkWindow(path, clock.now());
      paths.put(id, path);
      return path;
    } catch (cause) {
      if (codeOf(cause) !== 'chain_invalid') throw cause;
      throw new HufuError('key_untrusted', { at: 'header.x5c', cause });
    }
  }

  async function keyByDid(jwt: UnverifiedJwt, issuer: TrustedIssuer, did: string): Promise<TrustedKey> {
    // 1. The header names a key and brings none.
    const { kid, x5c, jwk } = jwt.header;
    if (x5c !== undefined || jwk !== undefined) throw new HufuError('key_untrusted', { at: 'header' });
    if (typeof kid !== 'string' || !kid.startsWith('did:')) throw new HufuError('key_untrusted', { at: 'header.kid' });

    // 2. The key is under the DID that says so.
    if (didOf(kid) !== did) throw new HufuError('iss_mismatch', { at: 'header.kid' });

    // 3. In the DID document for assertions, or retired in good order after this was signed.
    const gone = retired.get(kid);
    if (gone !== undefined && !(typeof jwt.payload.iat === 'number' && jwt.payload.iat <= gone.retiredAt)) {
      throw new HufuError('key_untrusted', { at: 'header.kid' });
    }
    const key = gone?.key ?? (await dids.findKey(kid, 'assertionMethod'));
    checkNotCompromised(key, issuer);
    return { key, issuer, authorityKeyIds: [] };
  }

  function checkNotCompromised(key: PublicJwk, issuer: TrustedIssuer): void {
    if (issuer.compromisedKeys?.includes(thumbprint(key, crypto)) === true)
      throw new HufuError('key_untrusted', { at: 'compromised' });
  }
}

function didOfKid(header: JsonObject): string | undefined {
  return typeof header.kid === 'string' ? didOf(header.kid) : undefined;
}
