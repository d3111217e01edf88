import { HufuError } from '../errors.ts';
import { type ClaimOption, fitCredential, type HeldCredential } from './credential.ts';
import type { DcqlQuery } from './query.ts';

/**
 * The verifier's side of OpenID4VP 1.0 6.4: whether verified presentations are exactly what was asked for. Answers, for
 * each query id, which claim set each presentation satisfies; give its paths to `pickPaths` and drop the rest.
 *
 * Refused with `query_unmet`: an id that was not asked for, none or (unless `multiple`) several presentations for an
 * id, a credential of another format, type, authority or without holder binding, no claim set satisfied (values
 * included), one credential counted twice, and a combination that no choice from `credential_sets` gives.
 */
export function checkPresented(
  query: DcqlQuery,
  presented: ReadonlyMap<string, readonly HeldCredential[]>,
): Record<string, readonly ClaimOption[]> {
  const accepted: Record<string, readonly ClaimOption[]> = Object.create(null);
  const counted = new Set<string>();
  const asked = new Map(query.credentials.map((credential) => [credential.id, credential]));
  for (const [id, credentials] of presented) {
    // 1. Only what was asked for (8.1).
    const credentialQuery = asked.get(id);
    if (credentialQuery === undefined) throw new HufuError('query_unmet', { at: 'vp_token' });
    // 2. One presentation, or with `multiple` at least one (8.1).
    const at = `vp_token.${id}`;
    if (credentials.length === 0) throw new HufuError('query_unmet', { at });
    if (credentials.length > 1 && !credentialQuery.multiple) throw new HufuError('query_unmet', { at });
    accepted[id] = credentials.map((credential, index) => {
      // 3. One credential does not count as two.
      if (counted.has(credential.id)) throw new HufuError('query_unmet', { at: `${at}[${index}]` });
      counted.add(credential.id);
      // 4. Format, type, holder binding, authority, claims and values (6.1, 6.4.1).
      const fit = fitCredential(credentialQuery, credential);
      if (fit.unmet !== undefined) throw new HufuError('query_unmet', { at: `${at}[${index}].${fit.unmet}` });
      return fit.options[0];
    });
  }
  // 5. The combination is one that was offered (6.4.2).
  if (!isOffered(query, new Set(presented.keys()))) throw new HufuError('query_unmet', { at: 'credential_sets' });
  return accepted;
}

/** Whether one option of every required set, and of any others, make up the presented ids and nothing beyond. */
function isOffered(query: DcqlQuery, presented: ReadonlySet<string>): boolean {
  const sets = query.credential_sets;
  if (sets === undefined) return query.credentials.every(({ id }) => presented.has(id));
  const complete = sets.map((set) => {
    const options = set.options.filter((option) => option.every((id) => presented.has(id)));
    return set.required ? options : [...options, []];
  });
  return canCover(complete, presented);
}

/** Whether the ids left can be taken up by choosing one option of each set. */
function canCover(sets: readonly (readonly (readonly string[])[])[], left: ReadonlySet<string>): boolean {
  const [options, ...others] = sets;
  if (options === undefined) return left.size === 0;
  return options.some((option) => canCover(others, left.difference(new Set(option))));
}
