import { checkPresented, type DcqlQuery, type HeldCredential, pickPaths } from '../../shared/dcql/index.ts';
import { isJsonObject, type JsonObject } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { VpToken } from '../../shared/oid4vp/index.ts';
import type { StatusChecker, StatusEvidence } from '../../shared/status-list/index.ts';
import { type ExpectedBinding, type FormatPorts, formats, knownFormat, type VerifiedCredential } from './formats.ts';
import { checkResidentClaims } from './resident-claims.ts';

export interface VerifyPorts extends FormatPorts {
  readonly status: StatusChecker;
}

export interface ExpectedPresentation extends Omit<ExpectedBinding, 'at' | 'vctValues'> {
  readonly query: DcqlQuery;
  /** Seconds a look at the status list may be old. */
  readonly statusMaxAge: number;
}

/** What one presented credential proves: the asked claims, from the person's root, and how we know. */
export interface Proved {
  readonly queryId: string;
  readonly claims: JsonObject;
  readonly credential: VerifiedCredential;
  readonly status: StatusEvidence;
}

/**
 * Judges a vp_token in a fixed order: OpenID4VP 1.0, 8.6 (VP Token Validation). Cheap and cryptographic checks come
 * before anything is fetched; a presentation that fails refuses the whole answer. Refused: `query_unmet`, what the
 * formats refuse (`vct_mismatch` and `transaction_data` among it), `status_missing`, `revoked`, `suspended`, what the
 * status checker refuses, `claim_type`.
 */
export async function verifyPresentation(
  vpToken: VpToken,
  expected: ExpectedPresentation,
  ports: VerifyPorts,
): Promise<readonly Proved[]> {
  // 1. Shape: query ids that were asked for, one presentation each (8.1).
  const asked = presentationsAsked(vpToken, expected.query);

  // 2. Each presentation by itself: the issuer's signature by a key trusted for this type, integrity, times, and the
  //    holder's signature over our nonce and our name (8.6, B.1, B.3; RFC 9901 7.3).
  const verified = new Map<string, VerifiedCredential>();
  for (const { id, format, vctValues, presentation } of asked) {
    const binding = { ...expected, vctValues, at: `vp_token.${id}[0]` };
    verified.set(id, await formats[format](presentation, binding, ports));
  }

  // 3. Together exactly what was asked for: types, claims, values, sets, no credential twice (6.4, 8.6).
  const presented = new Map([...verified].map(([id, { held }]) => [id, [held]]));
  const fits = checkPresented(expected.query, presented);

  // 4. Alive: the status of each, no older than the scene accepts (Token Status List 8.3). Only now is anything fetched.
  const proved: Proved[] = [];
  for (const [id, credential] of verified) {
    const status = await checkStatus(credential, expected.statusMaxAge, `vp_token.${id}[0]`, ports.status);

    // 5. The asked claims alone, of the kinds they should be; the rest ends here (NC-086).
    const paths = fits[id]?.[0]?.paths ?? [];
    const claims = fromPerson(pickPaths(credential.held.claims, paths), credential.held.format);
    checkResidentClaims(claims, expected.now);
    proved.push({ queryId: id, claims, credential, status });
  }
  return proved;
}

interface AskedPresentation {
  readonly id: string;
  readonly format: HeldCredential['format'];
  readonly vctValues: readonly string[];
  readonly presentation: string;
}

function presentationsAsked(vpToken: VpToken, query: DcqlQuery): readonly AskedPresentation[] {
  return Object.entries(vpToken).map(([id, presentations]) => {
    const credential = query.credentials.find((candidate) => candidate.id === id);
    const [presentation, ...others] = presentations;
    const format = knownFormat(credential?.format);
    if (format === undefined || presentation === undefined || others.length > 0) {
      throw new HufuError('query_unmet', { at: 'vp_token' });
    }
    return { id, format, vctValues: credential?.meta.vct_values ?? [], presentation };
  });
}

async function checkStatus(
  credential: VerifiedCredential,
  maxAge: number,
  at: string,
  checker: StatusChecker,
): Promise<StatusEvidence> {
  if (credential.status === undefined) throw new HufuError('status_missing', { at: `${at}.status` });
  const evidence = await checker.check(credential.status, credential.issuer.id, { maxAge });
  if (evidence.status !== 'valid') throw new HufuError(evidence.status, { at: `${at}.status` });
  return evidence;
}

/** One shape for what was asked, whichever format it came in. */
function fromPerson(claims: JsonObject, format: HeldCredential['format']): JsonObject {
  if (format === 'dc+sd-jwt') return claims;
  const { credentialSubject } = claims;
  return isJsonObject(credentialSubject) ? credentialSubject : {};
}
