import * as z from 'zod/mini';
import { parseShape } from '../encoding/index.ts';
import { codeOf, HufuError } from '../errors.ts';

/** Bounds no honest query meets; they keep matching short on a hostile one. */
const few = z.maxLength(64);
const some = z.maxLength(256);
const filled = z.minLength(1);

/** OpenID4VP 1.0 6.1 and 6.3: letters, digits, underscore, hyphen. */
const identifier = z.string().check(z.regex(/^[A-Za-z0-9_-]+$/), some);
const text = z.string().check(filled);

/** Section 7. */
const claimsPath = z
  .array(z.union([z.string(), z.null(), z.int().check(z.nonnegative())]))
  .check(filled, z.maxLength(32));

/** Section 6.3. */
const claimsQuery = z.object({
  id: z.optional(identifier),
  path: claimsPath,
  values: z.optional(z.array(z.union([z.string(), z.int(), z.boolean()])).check(filled, some)),
});

/** Section 6.1.1. */
const trustedAuthority = z.object({ type: text, values: z.array(text).check(filled, some) });

/** Appendix B.1.1, B.2.3, B.3.5: what a format says about its types. */
const meta = z.object({
  vct_values: z.optional(z.array(text).check(filled, some)),
  type_values: z.optional(z.array(z.array(text).check(filled, few)).check(filled, few)),
  doctype_value: z.optional(text),
});

/** Section 6.1. */
const credentialQuery = z.object({
  id: identifier,
  format: text,
  multiple: z._default(z.boolean(), false),
  meta,
  trusted_authorities: z.optional(z.array(trustedAuthority).check(filled, few)),
  require_cryptographic_holder_binding: z._default(z.boolean(), true),
  claims: z.optional(z.array(claimsQuery).check(filled, some)),
  claim_sets: z.optional(z.array(z.array(identifier).check(filled, some)).check(filled, few)),
});

/** Section 6.2. */
const credentialSetQuery = z.object({
  options: z.array(z.array(identifier).check(filled, few)).check(filled, few),
  required: z._default(z.boolean(), true),
});

const shape = z.object({
  credentials: z.array(credentialQuery).check(filled, few),
  credential_sets: z.optional(z.array(credentialSetQuery).check(filled, few)),
});

export type CredentialQuery = z.output<typeof credentialQuery>;
export type ClaimsQuery = z.output<typeof claimsQuery>;
export type DcqlQuery = z.output<typeof shape>;

/**
 * A DCQL query as wire schema: unknown members are ignored (section 6), the defaults of `multiple`, `required` and
 * `require_cryptographic_holder_binding` are filled in, the rules between members are checked.
 */
export const dcqlQuery = shape.check((context) => {
  const place = brokenRule(context.value);
  if (place !== undefined) context.issues.push({ code: 'custom', input: context.value, path: [...place] });
});

/**
 * Somebody's DCQL query. Refused with `query_invalid`: a wrong shape, an empty array, an identifier that is missing,
 * malformed, used twice or refers to nothing, a claim asked for twice, `claim_sets` without `claims`, and a known
 * format without its `meta`. Queries for formats we do not have are accepted; they match nothing.
 */
export function parseDcql(value: unknown): DcqlQuery {
  try {
    return parseShape(dcqlQuery, value, 'dcql_query');
  } catch (cause) {
    if (codeOf(cause) !== 'shape' || !(cause instanceof HufuError)) throw cause;
    throw new HufuError('query_invalid', { at: cause.at ?? 'dcql_query', cause });
  }
}

type RulePlace = readonly (string | number)[];

/** Where a rule that joins several members is broken. */
function brokenRule(query: DcqlQuery): RulePlace | undefined {
  const ids = query.credentials.map((credential) => credential.id);
  // 1. 6.1: an id names one credential query.
  if (hasRepeats(ids)) return ['credentials'];
  for (const [index, credential] of query.credentials.entries()) {
    const broken = brokenCredentialRule(credential);
    if (broken !== undefined) return ['credentials', index, broken];
  }
  // 6. 6.2: sets are made of credential queries.
  const known = new Set(ids);
  for (const [index, set] of (query.credential_sets ?? []).entries()) {
    if (set.options.some((option) => hasRepeats(option) || option.some((id) => !known.has(id)))) {
      return ['credential_sets', index, 'options'];
    }
  }
  return undefined;
}

function brokenCredentialRule(credential: CredentialQuery): 'meta' | 'claims' | 'claim_sets' | undefined {
  // 2. B.1.1, B.2.3, B.3.5: a known format says which types it asks for.
  if (!namesTypes(credential)) return 'meta';
  const { claims = [], claim_sets: claimSets } = credential;
  const ids = claims.flatMap((claim) => (claim.id === undefined ? [] : [claim.id]));
  // 3. 6.1: the same claim is not pointed to twice. 6.3: nor is an id given twice.
  if (hasRepeats(ids) || hasRepeats(claims.map((claim) => JSON.stringify(claim.path)))) return 'claims';
  if (claimSets === undefined) return undefined;
  // 4. 6.3: where there are claim sets, every claim has an id.
  if (ids.length !== claims.length) return 'claims';
  // 5. 6.1: claim sets are made of claims, so that there are none without claims (6.4.1).
  const known = new Set(ids);
  const sound = claimSets.every((set) => !hasRepeats(set) && set.every((id) => known.has(id)));
  return sound ? undefined : 'claim_sets';
}

function namesTypes({ format, meta }: CredentialQuery): boolean {
  switch (format) {
    case 'dc+sd-jwt':
      return meta.vct_values !== undefined;
    case 'jwt_vc_json':
    case 'ldp_vc':
      return meta.type_values !== undefined;
    case 'mso_mdoc':
      return meta.doctype_value !== undefined;
    default:
      return true;
  }
}

function hasRepeats(values: readonly string[]): boolean {
  return new Set(values).size !== values.length;
}
