import type { PublicJwk } from '../keys/index.ts';

/** An issuer on the list, and everything it is trusted with. */
export interface TrustedIssuer {
  /** `iss` of its SD-JWT credentials: a URL, vouched for by an X.509 chain and by nothing else. */
  readonly id: string;
  /** `iss` of its W3C credentials: these DIDs, whose own documents name the keys. */
  readonly dids: readonly string[];
  /** Roots of its chains: DER in base64, or PEM. */
  readonly anchors: readonly string[];
  /** What it may issue: vct URLs and W3C credential types. */
  readonly types: readonly string[];
  readonly name: { readonly 'zh-Hans': string; readonly en: string };
  /** Keys that left its DID document in good order. */
  readonly retired?: readonly RetiredKey[];
  /** RFC 7638 thumbprints of keys that others may have: nothing under them is believed, however old. */
  readonly compromisedKeys?: readonly string[];
}

/** Good for what was signed until then, until that expires. */
export interface RetiredKey {
  /** The DID URL it was known by. */
  readonly kid: string;
  readonly key: PublicJwk;
  /** Epoch seconds. */
  readonly retiredAt: number;
}

export interface IssuerIndex {
  /** `iss` is an id: by chain. `iss` is a DID: by that DID. Never anything the token chooses. */
  readonly byId: ReadonlyMap<string, TrustedIssuer>;
  readonly byDid: ReadonlyMap<string, TrustedIssuer>;
  readonly retired: ReadonlyMap<string, RetiredKey>;
}

/**
 * Makes the list ready for look-up. A list that is ambiguous is refused whole with a TypeError: two issuers with one
 * id or DID, two keys with one `kid`, an id that is also a DID of the list, an issuer without any way to vouch for it.
 */
export function indexIssuers(issuers: readonly TrustedIssuer[]): IssuerIndex {
  const byId = new Map<string, TrustedIssuer>();
  const byDid = new Map<string, TrustedIssuer>();
  const retired = new Map<string, RetiredKey>();
  for (const issuer of issuers) {
    if (issuer.anchors.length === 0 && issuer.dids.length === 0)
      throw new TypeError('trusted issuer without anchors and DIDs');
    putOnce(byId, issuer.id, issuer);
    for (const did of issuer.dids) putOnce(byDid, did, issuer);
    for (const key of issuer.retired ?? []) {
      if (!issuer.dids.includes(didOf(key.kid))) throw new TypeError('retired key of a foreign DID');
      putOnce(retired, key.kid, key);
    }
  }
  for (const did of byDid.keys()) if (byId.has(did)) throw new TypeError('trusted issuer: one name, two mechanisms');
  return { byId, byDid, retired };
}

/** The DID a DID URL begins with. */
export function didOf(didUrl: string): string {
  return didUrl.split('#', 1)[0] ?? '';
}

function putOnce<V>(map: Map<string, V>, key: string, value: V): void {
  if (map.has(key)) throw new TypeError('trusted issuers: a name or key id is there twice');
  map.set(key, value);
}
