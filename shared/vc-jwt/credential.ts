import * as z from 'zod/mini';
import { type JsonObject, parseShape } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { defaultSkew } from '../jwt/index.ts';
import { baseContext, loadLibrary } from './library.ts';

const dateTime = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/));

/** The parts that have a meaning here. What else the credential says is left as it is. */
const wireCredential = z.object({
  iss: z.string(),
  sub: z.string(),
  jti: z.optional(z.string()),
  nbf: z.optional(z.number()),
  exp: z.optional(z.number()),
  vc: z.looseObject({
    '@context': z.array(z.string()),
    type: z.array(z.string()),
    id: z.optional(z.string()),
    issuer: z.optional(z.union([z.string(), z.looseObject({ id: z.string() })])),
    credentialSubject: z.looseObject({ id: z.optional(z.string()) }),
    issuanceDate: z.optional(dateTime),
    validFrom: z.optional(dateTime),
    expirationDate: z.optional(dateTime),
    validUntil: z.optional(dateTime),
  }),
});
type WireCredential = z.output<typeof wireCredential>;

export interface CredentialRules {
  readonly now: number;
  readonly skew?: number;
  readonly mayLackExp: boolean;
}

/**
 * Judges the payload of a credential, which `verifyJwt` must have vouched for (VCDM 1.1 6.3.1). Refused: `vc_invalid`
 * (shape, context, type, subject, milliseconds), `status_invalid` (`credentialStatus`: none of its kinds is understood
 * here), `expired` and `not_yet_valid` by the strictest of all dates, `claim_type` (`nbf` or `exp` missing),
 * `claim_conflict` (two places that say different things).
 */
export async function checkCredential(payload: JsonObject, rules: CredentialRules): Promise<WireCredential> {
  // 1. Shape, then the library's rules: types, context, a subject that says something, seconds.
  const credential = shapeOf(payload);
  const { validateJwtCredentialPayload } = await loadLibrary();
  try {
    const { vc, nbf, exp } = credential;
    validateJwtCredentialPayload({ vc, ...(nbf === undefined ? {} : { nbf }), ...(exp === undefined ? {} : { exp }) });
  } catch (cause) {
    throw new HufuError('vc_invalid', { at: 'vc', cause });
  }
  // 4.1: the order counts, the base context is first.
  if (credential.vc['@context'][0] !== baseContext) throw new HufuError('vc_invalid', { at: 'vc.@context' });

  // 2. A way of revoking that nobody here can look up is not the absence of one (4.9).
  if (credential.vc.credentialStatus !== undefined)
    throw new HufuError('status_invalid', { at: 'vc.credentialStatus' });

  // 3. Dates, all of them.
  checkDates(credential, rules);

  // 4. One statement in two places is one statement (6.3.1: the registered claims stand for the members of `vc`).
  const { vc, iss, sub, jti } = credential;
  const issuer = typeof vc.issuer === 'object' ? vc.issuer.id : vc.issuer;
  if (issuer !== undefined && issuer !== iss) throw new HufuError('claim_conflict', { at: 'vc.issuer' });
  const subject = vc.credentialSubject.id;
  if (subject !== undefined && subject !== sub)
    throw new HufuError('claim_conflict', { at: 'vc.credentialSubject.id' });
  if (vc.id !== undefined && jti !== undefined && vc.id !== jti) throw new HufuError('claim_conflict', { at: 'vc.id' });
  return credential;
}

function shapeOf(payload: JsonObject): WireCredential {
  try {
    return parseShape(wireCredential, payload, 'credential');
  } catch (cause) {
    throw new HufuError('vc_invalid', {
      at: cause instanceof HufuError ? (cause.at ?? 'credential') : 'credential',
      cause,
    });
  }
}

function checkDates({ nbf, exp, vc }: WireCredential, { now, skew = defaultSkew, mayLackExp }: CredentialRules): void {
  const starts = [nbf, seconds(vc.issuanceDate), seconds(vc.validFrom)].filter((instant) => instant !== undefined);
  const ends = [exp, seconds(vc.expirationDate), seconds(vc.validUntil)].filter((instant) => instant !== undefined);
  if (ends.some((end) => !(end > now - skew))) throw new HufuError('expired', { at: 'vc' });
  if (starts.some((start) => !(start <= now + skew))) throw new HufuError('not_yet_valid', { at: 'vc' });
  if (nbf === undefined) throw new HufuError('claim_type', { at: 'credential.nbf' });
  if (exp === undefined && !mayLackExp) throw new HufuError('claim_type', { at: 'credential.exp' });
  if (new Set(starts).size > 1 || new Set(ends).size > 1) throw new HufuError('claim_conflict', { at: 'vc' });
}

/** Whole seconds; NaN, which no comparison lets pass, for a day that does not exist. */
function seconds(date: string | undefined): number | undefined {
  return date === undefined ? undefined : Math.floor(Date.parse(date) / 1000);
}
