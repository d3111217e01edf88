import { locateClaims, type Path, type Place } from '../claims-path.ts';
import { encodeBase64url, isJsonObject, type Json, type JsonObject } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { signJwt } from '../jwt/index.ts';
import type { Crypto, Signer } from '../keys/index.ts';
import { digestOf } from './digest.ts';
import { createDisclosure, isDigestName } from './disclosure.ts';
import { checkCredentialRules, isNeverDisclosable } from './vc.ts';

export interface IssueSdJwtOptions {
  /** An SD-JWT VC payload with every claim in plain. */
  readonly payload: JsonObject;
  /**
   * What the holder may withhold; null stands for each element of an array. A path and a path below it make two
   * disclosures, the second inside the first (RFC 9901 4.2.6). Every path must select something: a mistyped path
   * would publish the claim it was meant to hide.
   */
  readonly disclosable: readonly Path[];
  /** `kid`, `x5c`; `typ` and `alg` are set here. */
  readonly header: JsonObject;
  readonly signer: Signer;
  readonly crypto: Crypto;
  /** Decoy digests for each object that has disclosures (RFC 9901 4.2.5); none unless said. */
  readonly decoys?: number;
}

/** What a reader of the payload finds at one place, and which of the places below it are disclosable. */
interface Plan {
  disclosable: boolean;
  readonly below: Map<string | number, Plan>;
}

/**
 * Issues an SD-JWT VC (RFC 9901 4.1 to 4.2.6) with all its disclosures, ending in a tilde. Digests are sorted, which
 * hides the order of the claims (4.2.4.1). Refused: `claim_missing` (a path that selects nothing), `sd_reserved` (a
 * claim that may never be disclosable, or a payload that uses `_sd`, `_sd_alg` or `...`), and what the rules for
 * credentials refuse.
 */
export async function issueSdJwt(options: IssueSdJwtOptions): Promise<string> {
  const { payload, crypto, decoys = 0 } = options;
  checkCredentialRules(payload, { at: 'payload', expectedVct: undefined });
  const plan = planDisclosures(payload, options.disclosable);
  const disclosures: string[] = [];

  function conceal(value: Json, planned: Plan | undefined): Json {
    if (Array.isArray(value)) return value.map((element, index) => concealElement(element, planned?.below.get(index)));
    return isJsonObject(value) ? concealObject(value, planned) : value;
  }

  function concealObject(object: JsonObject, planned: Plan | undefined): JsonObject {
    const result: JsonObject = Object.create(null);
    const digests: string[] = [];
    for (const [name, member] of Object.entries(object)) {
      if (isDigestName(name)) throw new HufuError('sd_reserved', { at: 'payload' });
      const part = planned?.below.get(name);
      const concealed = conceal(member, part);
      if (part?.disclosable) digests.push(disclose(name, concealed));
      else result[name] = concealed;
    }
    if (digests.length > 0) result._sd = [...digests, ...createDecoys(decoys, crypto)].sort();
    return result;
  }

  function concealElement(element: Json, planned: Plan | undefined): Json {
    const concealed = conceal(element, planned);
    return planned?.disclosable ? { '...': disclose(undefined, concealed) } : concealed;
  }

  function disclose(name: string | undefined, value: Json): string {
    const disclosure = createDisclosure(name, value, crypto);
    disclosures.push(disclosure);
    return digestOf(disclosure, 'sha-256', crypto);
  }

  const concealed = concealObject(payload, plan);
  if (disclosures.length > 0) concealed._sd_alg = 'sha-256';
  const jwt = await signJwt({ ...options.header, typ: 'dc+sd-jwt' }, concealed, options.signer);
  return `${[jwt, ...disclosures].join('~')}~`;
}

function planDisclosures(payload: JsonObject, disclosable: readonly Path[]): Plan {
  const root: Plan = { disclosable: false, below: new Map() };
  for (const [index, path] of disclosable.entries()) {
    if (isNeverDisclosable(path[0])) throw new HufuError('sd_reserved', { at: `disclosable[${index}]` });
    const claims = locateClaims(payload, path);
    if (claims.length === 0) throw new HufuError('claim_missing', { at: `disclosable[${index}]` });
    for (const { place } of claims) planAt(root, place).disclosable = true;
  }
  return root;
}

function planAt(root: Plan, place: Place): Plan {
  let plan = root;
  for (const step of place) {
    const next = plan.below.get(step) ?? { disclosable: false, below: new Map() };
    plan.below.set(step, next);
    plan = next;
  }
  return plan;
}

/** RFC 9901 4.2.5: the hash of a random number cannot be told from a digest. */
function createDecoys(count: number, crypto: Crypto): string[] {
  return Array.from({ length: count }, () => digestOf(encodeBase64url(crypto.randomBytes(32)), 'sha-256', crypto));
}
