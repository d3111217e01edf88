import { type ClaimOption, fitCredential, type HeldCredential, type Unmet } from './credential.ts';
import type { CredentialQuery, DcqlQuery } from './query.ts';

/** A held credential that answers a query, with every claim set it satisfies, the asker's favourite first. */
export interface Candidate {
  readonly heldId: string;
  readonly options: readonly [ClaimOption, ...ClaimOption[]];
}

export interface CredentialMatch {
  readonly queryId: string;
  /** Whether more than one credential may be presented for this query. */
  readonly multiple: boolean;
  readonly candidates: readonly [Candidate, ...Candidate[]];
}

/** One choice to make: exactly one option if required, else one or none. */
export interface SetMatch {
  readonly required: boolean;
  /** The options that can be satisfied, as query ids, the asker's favourite first. */
  readonly options: readonly (readonly string[])[];
}

/**
 * Either everything needed for an answer, or what is missing. `missing` is for the holder's own screen: towards the
 * asker it is the same `access_denied` as a refusal (OpenID4VP 1.0 6.4.1, 8.5).
 */
export type QueryMatch =
  | {
      readonly satisfiable: true;
      /** Only queries that are part of a satisfiable option. */
      readonly credentials: readonly CredentialMatch[];
      /** A query without `credential_sets` is one required set with one option: everything. */
      readonly sets: readonly SetMatch[];
    }
  | { readonly satisfiable: false; readonly missing: readonly MissingCredential[] };

export interface MissingCredential {
  readonly queryId: string;
  /** How far the best held credential came. */
  readonly unmet: Unmet;
}

/**
 * The wallet's side of OpenID4VP 1.0 6.4: which held credentials answer the query, and with which claims. Optional
 * sets that cannot be satisfied are left out; if a required one cannot be, nothing is offered at all.
 *
 * One credential may answer several queries (6.1). Our own verifier refuses to count one credential twice, so a
 * caller that holds copies presents a different copy for each query.
 */
export function matchQuery(query: DcqlQuery, held: readonly HeldCredential[]): QueryMatch {
  const matches = new Map<string, CredentialMatch>();
  const missing: MissingCredential[] = [];
  for (const asked of query.credentials) {
    const found = matchCredential(asked, held);
    if ('candidates' in found) matches.set(asked.id, found);
    else missing.push(found);
  }
  const asked = query.credential_sets ?? [{ options: [query.credentials.map(({ id }) => id)], required: true }];
  const sets = asked.map(({ required, options }) => ({
    required,
    options: options.filter((ids) => ids.every((id) => matches.has(id))),
  }));
  if (sets.some((set) => set.required && set.options.length === 0)) return { satisfiable: false, missing };
  const offered = new Set(sets.flatMap((set) => set.options.flat()));
  return {
    satisfiable: true,
    credentials: [...matches.values()].filter((match) => offered.has(match.queryId)),
    sets: sets.filter((set) => set.options.length > 0),
  };
}

const order: readonly Unmet[] = ['format', 'type', 'holder_binding', 'authority', 'claims'];

function matchCredential(query: CredentialQuery, held: readonly HeldCredential[]): CredentialMatch | MissingCredential {
  const candidates: Candidate[] = [];
  let unmet: Unmet = 'format';
  for (const credential of held) {
    const fit = fitCredential(query, credential);
    if (fit.unmet === undefined) candidates.push({ heldId: credential.id, options: fit.options });
    else if (order.indexOf(fit.unmet) > order.indexOf(unmet)) unmet = fit.unmet;
  }
  const [first, ...others] = candidates;
  if (first === undefined) return { queryId: query.id, unmet };
  return { queryId: query.id, multiple: query.multiple, candidates: [first, ...others] };
}
