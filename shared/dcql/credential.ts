import { type Path, selectPath } from '../claims-path.ts';
import type { Json, JsonObject } from '../encoding/index.ts';
import type { ClaimsQuery, CredentialQuery } from './query.ts';

/** A credential as a query sees it: one in the wallet, or one that was presented and verified. */
export interface HeldCredential {
  /** Names the credential, not one showing of it: two presentations of one credential have one id. */
  readonly id: string;
  readonly format: 'dc+sd-jwt' | 'jwt_vc_json';
  /** The `vct` and the types it extends, or the VC types. */
  readonly types: readonly string[];
  /**
   * The root of claims paths: the processed payload, or the `vc` object. In a presentation an index counts the elements
   * that were shown, so ask for all elements of a selectively disclosable array (null), not for one by its index.
   */
  readonly claims: JsonObject;
  /** Base64url key identifiers of the authorities in the issuer's certificate chain. */
  readonly authorityKeyIds?: readonly string[];
  /** Whether the holder can prove (wallet) or has proved (verifier) possession of the credential's key. */
  readonly holderBound: boolean;
}

/** One way to satisfy a credential query: index in `claim_sets` (0 where there are none) and the paths to disclose. */
export interface ClaimOption {
  readonly claimSet: number;
  readonly paths: readonly Path[];
}

/** The first requirement a credential does not meet. */
export type Unmet = 'format' | 'type' | 'holder_binding' | 'authority' | 'claims';

export type CredentialFit =
  | { readonly unmet: Unmet }
  | { readonly unmet?: never; readonly options: readonly [ClaimOption, ...ClaimOption[]] };

/** One credential against one credential query (OpenID4VP 1.0 6.1, 6.4.1): every claim set it satisfies, in order. */
export function fitCredential(query: CredentialQuery, held: HeldCredential): CredentialFit {
  if (held.format !== query.format) return { unmet: 'format' };
  if (!hasType(query, held.types)) return { unmet: 'type' };
  if (query.require_cryptographic_holder_binding && !held.holderBound) return { unmet: 'holder_binding' };
  if (!hasAuthority(query, held.authorityKeyIds ?? [])) return { unmet: 'authority' };
  const [first, ...others] = claimOptions(query, held.claims);
  return first === undefined ? { unmet: 'claims' } : { options: [first, ...others] };
}

function claimOptions(query: CredentialQuery, claims: JsonObject): ClaimOption[] {
  const asked = query.claims ?? [];
  const met = new Set(asked.filter((claim) => hasClaim(claims, claim)));
  const sets = query.claim_sets?.map((ids) =>
    asked.filter((claim) => claim.id !== undefined && ids.includes(claim.id)),
  );
  return (sets ?? [asked]).flatMap((set, claimSet) =>
    set.every((claim) => met.has(claim)) ? [{ claimSet, paths: set.map((claim) => claim.path) }] : [],
  );
}

/** 6.3: kind and value the same; where a path selects several values, one of them is enough. */
function hasClaim(claims: JsonObject, { path, values }: ClaimsQuery): boolean {
  const selected = selectPath(claims, path);
  if (values === undefined) return selected.length > 0;
  const wanted: readonly Json[] = values;
  return selected.some((value) => wanted.includes(value));
}

/** B.3.5: one listed `vct`. B.1.1: every type of one listed combination. */
function hasType({ format, meta }: CredentialQuery, types: readonly string[]): boolean {
  if (format === 'dc+sd-jwt') return meta.vct_values?.some((vct) => types.includes(vct)) ?? false;
  const known = types.map(expanded);
  return meta.type_values?.some((all) => all.every((type) => known.includes(expanded(type)))) ?? false;
}

/** B.1.1 compares expanded type names; of ours, only the base type is a term of a context. */
function expanded(type: string): string {
  return type === 'VerifiableCredential' ? 'https://www.w3.org/2018/credentials#VerifiableCredential' : type;
}

/** 6.1.1: one entry is enough. Of its kinds we can judge `aki` alone; the others never match. */
function hasAuthority(query: CredentialQuery, keyIds: readonly string[]): boolean {
  if (query.trusted_authorities === undefined) return true;
  return query.trusted_authorities.some(
    ({ type, values }) => type === 'aki' && values.some((id) => keyIds.includes(id)),
  );
}
