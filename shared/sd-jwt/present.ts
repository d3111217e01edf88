import { isWithin, locateClaims, type Path, type Place } from '../claims-path.ts';
import type { JsonObject } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import type { Hasher } from '../keys/index.ts';
import { parseSdJwt, type SdJwt } from './parse.ts';
import { type Processed, processDisclosures } from './process.ts';

/** What a holder sees in a credential that was verified when it was received; nothing is verified here. */
export interface DisclosedView {
  readonly header: JsonObject;
  /** With every disclosure in its place. */
  readonly payload: JsonObject;
  /** The claims the holder may withhold, parents before children. */
  readonly disclosablePaths: readonly Place[];
}

/** The holder's view of a credential as issued (RFC 9901 7.2). Refuses what `verifySdJwt` would refuse of its form. */
export function disclosedView(text: string, hasher: Hasher): DisclosedView {
  const { sdJwt, processed } = open(text, hasher);
  const disclosablePaths = [...processed.places].sort((a, b) => a.length - b.length);
  return { header: sdJwt.jwt.header, payload: processed.payload, disclosablePaths };
}

/**
 * The credential with only the disclosures that the paths need: those on the way to a selected claim, of the claim
 * itself, and of all that lies in it (RFC 9901 7.2). Ends in a tilde, ready for `createKeyBinding`. Refused:
 * `claim_missing` (a path that selects nothing: consent was given for something else), `sd_format` (bound already).
 */
export function presentSdJwt(text: string, paths: readonly Path[], hasher: Hasher): string {
  const { sdJwt, processed } = open(text, hasher);
  const selected = paths.flatMap((path, index) => {
    const claims = locateClaims(processed.payload, path);
    if (claims.length === 0) throw new HufuError('claim_missing', { at: `paths[${index}]` });
    return claims.map((claim) => claim.place);
  });
  const kept = sdJwt.disclosures.filter((_, index) => {
    const place = processed.places[index];
    return place !== undefined && selected.some((claim) => isWithin(claim, place) || isWithin(place, claim));
  });
  return [sdJwt.jwt.token, ...kept.map((disclosure) => disclosure.encoded), ''].join('~');
}

function open(text: string, hasher: Hasher): { readonly sdJwt: SdJwt; readonly processed: Processed } {
  const sdJwt = parseSdJwt(text);
  if (sdJwt.kbJwt !== undefined) throw new HufuError('sd_format', { at: 'sd_jwt.kb' });
  return { sdJwt, processed: processDisclosures(sdJwt, hasher) };
}
