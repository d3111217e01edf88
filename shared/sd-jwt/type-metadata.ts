import { locateClaims, type Place } from '../claims-path.ts';
import type { JsonObject } from '../encoding/index.ts';
import { codeOf, HufuError } from '../errors.ts';
import type { FetchText } from '../fetch.ts';
import type { Hasher } from '../keys/index.ts';
import { checkIntegrity } from './integrity.ts';
import { type ClaimMetadata, parseTypeDocument, type TypeDisplay, type TypeDocument } from './type-document.ts';

/** A type with all it inherits. */
export interface CredentialType {
  /** The type itself, then the types it extends: a query for any of them may be answered with the first. */
  readonly vcts: readonly [string, ...string[]];
  readonly display: readonly TypeDisplay[];
  readonly claims: readonly ClaimMetadata[];
}

export interface ResolveTypeOptions {
  /** Bounded, and limited to addresses that may be asked. */
  readonly fetchText: FetchText;
  readonly crypto: Hasher;
  /** `vct#integrity` of the credential. */
  readonly integrity?: string;
}

/** A type and the types above it. */
const maxDocuments = 4;
const maxBytes = 65_536;

/**
 * Fetches a type's metadata and that of the types it extends (SD-JWT VC 6.3, 6.4). Refused: `meta_limit` (a loop, a
 * chain of more than four, a document too large), `meta_integrity`, `vct_mismatch` (a document about another type),
 * `meta_invalid` (form, or a claim rule weaker than the one inherited), and what `fetchText` refuses. That a type
 * extends another says nothing about who may issue it.
 */
export async function resolveType(vct: string, options: ResolveTypeOptions): Promise<CredentialType> {
  const chain: TypeDocument[] = [];
  let next: { readonly vct: string; readonly integrity: string | undefined } | undefined;
  next = { vct, integrity: options.integrity };
  while (next !== undefined) {
    const { vct: wanted, integrity } = next;
    const at = `type[${chain.length}]`;
    // 1. An end, before anything is fetched (loops: Security Considerations).
    if (chain.length === maxDocuments || chain.some((document) => document.vct === wanted)) {
      throw new HufuError('meta_limit', { at });
    }
    // 2. The very document that was meant (7).
    const text = await fetchDocument(wanted, options.fetchText, at);
    if (integrity !== undefined) checkIntegrity(text, integrity, options.crypto, at);
    // 3. About this type and no other (6.3).
    const document = parseTypeDocument(text, at);
    if (document.vct !== wanted) throw new HufuError('vct_mismatch', { at: `${at}.vct` });
    chain.push(document);
    next =
      document.extends === undefined ? undefined : { vct: document.extends, integrity: document['extends#integrity'] };
  }
  return inherit(vct, chain);
}

async function fetchDocument(url: string, fetchText: FetchText, at: string): Promise<string> {
  try {
    const body = await fetchText(url, { accept: 'application/json', expectedTypes: ['application/json'], maxBytes });
    return body.text;
  } catch (cause) {
    throw codeOf(cause) === 'fetch_limit' ? new HufuError('meta_limit', { at, cause }) : cause;
  }
}

/** SD-JWT VC 9.5: the child's word on a path replaces the parent's, but never makes a rule weaker. */
function inherit(vct: string, chain: readonly TypeDocument[]): CredentialType {
  const claims = new Map<string, ClaimMetadata>();
  let display: readonly TypeDisplay[] = [];
  for (const document of chain.toReversed()) {
    for (const claim of document.claims ?? []) {
      const name = JSON.stringify(claim.path);
      const above = claims.get(name);
      if (above !== undefined && isWeaker(claim, above)) throw new HufuError('meta_invalid', { at: 'type.claims' });
      claims.set(name, claim);
    }
    display = document.display ?? display;
  }
  const [, ...above] = chain.map((document) => document.vct);
  return { vcts: [vct, ...above], display, claims: [...claims.values()] };
}

function isWeaker(claim: ClaimMetadata, above: ClaimMetadata): boolean {
  return (above.mandatory && !claim.mandatory) || (above.sd !== 'allowed' && claim.sd !== above.sd);
}

export interface TypeRulesInput {
  readonly payload: JsonObject;
  /** Where disclosures put their claims. */
  readonly disclosedPaths: readonly Place[];
  /** True for a credential as issued, false for a presentation, in which disclosable claims may be absent. */
  readonly complete: boolean;
}

/**
 * SD-JWT VC 9.3 and 9.4: whether a credential keeps the rules of its type. Refused with `meta_invalid`: a claim that
 * is disclosable though `never`, or in plain though `always`; a `mandatory` claim that is absent although nobody
 * could have withheld it.
 */
export function checkTypeRules(type: CredentialType, input: TypeRulesInput): void {
  const disclosed = new Set(input.disclosedPaths.map((place) => JSON.stringify(place)));
  for (const [index, claim] of type.claims.entries()) {
    const at = `type.claims[${index}]`;
    const found = locateClaims(input.payload, claim.path);
    if (claim.mandatory && found.length === 0 && (input.complete || isInPlain(claim, input.payload))) {
      throw new HufuError('meta_invalid', { at: `${at}.mandatory` });
    }
    const disclosable = found.filter(({ place }) => disclosed.has(JSON.stringify(place)));
    const wrong =
      claim.sd === 'never' ? disclosable.length > 0 : claim.sd === 'always' && disclosable.length < found.length;
    if (wrong) throw new HufuError('meta_invalid', { at: `${at}.sd` });
  }
}

/** Whether nothing that could have been withheld stands between the reader and the claim. */
function isInPlain(claim: ClaimMetadata, payload: JsonObject): boolean {
  const parent = claim.path.slice(0, -1);
  return claim.sd === 'never' && (parent.length === 0 || locateClaims(payload, parent).length > 0);
}
