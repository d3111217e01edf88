/** Claims path pointer: OpenID4VP 1.0 section 7, the same in OpenID4VCI 1.0 Appendix C and in SD-JWT VC claim metadata. */
import { isJsonObject, type Json, type JsonObject } from './encoding/index.ts';

/** A string selects a member, a number an element counted from 0, null every element. Never empty. */
export type Path = readonly (string | number | null)[];

/** One place: no null is left in it. */
export type Place = readonly (string | number)[];

export interface LocatedClaim {
  readonly place: Place;
  readonly value: Json;
}

/**
 * What a path selects, with the place of each value (OpenID4VP 1.0 7.1.1). Nothing is selected, instead of an error,
 * where a step meets a value of the wrong kind anywhere or nothing is left: either way the claim is not there.
 */
export function locateClaims(claims: JsonObject, path: Path): readonly LocatedClaim[] {
  if (path.length === 0) return [];
  let selected: LocatedClaim[] = [{ place: [], value: claims }];
  for (const step of path) {
    const next: LocatedClaim[] = [];
    for (const { place, value } of selected) {
      if (typeof step === 'string') {
        if (!isJsonObject(value)) return [];
        const member = Object.hasOwn(value, step) ? value[step] : undefined;
        if (member !== undefined) next.push({ place: [...place, step], value: member });
      } else {
        if (!Array.isArray(value)) return [];
        for (const [index, element] of value.entries()) {
          if (step === null || step === index) next.push({ place: [...place, index], value: element });
        }
      }
    }
    selected = next;
  }
  return selected;
}

/** The values a path selects; none where the claim is not there. */
export function selectPath(claims: JsonObject, path: Path): readonly Json[] {
  return locateClaims(claims, path).map((claim) => claim.value);
}

/** Whether `inner` is `outer` or lies below it. */
export function isWithin(inner: Place, outer: Place): boolean {
  return outer.length <= inner.length && outer.every((step, index) => step === inner[index]);
}
