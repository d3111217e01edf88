import type { Place } from '../claims-path.ts';
import { isJsonObject, type Json, type JsonObject } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import type { Hasher, HashName } from '../keys/index.ts';
import { digestOf, readHashName } from './digest.ts';
import type { Disclosure } from './disclosure.ts';
import type { SdJwt } from './parse.ts';
import { isNeverDisclosable } from './vc.ts';

/** The payload with every disclosure in its place and every trace of digests gone. Verified is only what was before. */
export interface Processed {
  readonly payload: JsonObject;
  readonly hashName: HashName;
  /** For each disclosure, in the order sent, where in `payload` its claim is. */
  readonly places: readonly Place[];
}

/** Levels of the processed payload: disclosures inside each other could make more than one text can. */
const maxDepth = 32;

/**
 * RFC 9901 7.1 steps 3 to 5 and SD-JWT VC 3.2.2.2. Refused: `sd_alg` (unknown, or below the top level), `sd_format`
 * (`_sd` not an array of strings, `...` anywhere but alone in an array element, a disclosure of the wrong arity for
 * its digest), `sd_dup_digest`, `sd_collision`, `sd_reserved` (a claim that may never be disclosable, or a part of
 * one), `sd_unreferenced` (no digest, or sent twice), `json_limit` (depth).
 */
export function processDisclosures(sdJwt: SdJwt, hasher: Hasher, at = 'sd_jwt'): Processed {
  const hashName = readHashName(sdJwt.jwt.payload, at);
  const byDigest = new Map<string, Disclosure>();
  for (const disclosure of sdJwt.disclosures) byDigest.set(digestOf(disclosure.encoded, hashName, hasher), disclosure);
  const met = new Set<string>();
  const placeOf = new Map<Disclosure, Place>();
  const misplaced: Place[] = [];

  /** 3c: the disclosure behind a digest, if it was sent; else it is somebody's secret or a decoy. */
  function open(digest: string, place: Place): Disclosure | undefined {
    // Step 4.
    if (met.has(digest)) throw new HufuError('sd_dup_digest', { at: where(place) });
    met.add(digest);
    if (isNeverDisclosable(place[0])) throw new HufuError('sd_reserved', { at: where(place) });
    return byDigest.get(digest);
  }

  /** A value that stands at `step` of `place`. */
  function processValue(value: Json, place: Place, step: string | number): Json {
    if (typeof value !== 'object' || value === null) return value;
    const inside = [...place, step];
    if (inside.length >= maxDepth) throw new HufuError('json_limit', { at: where(inside) });
    return Array.isArray(value) ? processArray(value, inside) : processObject(value, inside);
  }

  function processObject(object: JsonObject, place: Place): JsonObject {
    const result: JsonObject = Object.create(null);
    for (const [name, member] of Object.entries(object)) {
      if (name === '_sd') continue;
      if (name === '...') throw new HufuError('sd_format', { at: where(place) });
      if (name === '_sd_alg') {
        if (place.length > 0) throw new HufuError('sd_alg', { at: where(place) });
        continue;
      }
      result[name] = processValue(member, place, name);
    }
    for (const digest of readDigests(object, place)) {
      const disclosure = open(digest, place);
      if (disclosure === undefined) continue;
      const { name } = disclosure;
      if (name === undefined) {
        misplaced.push(place);
        continue;
      }
      if (place.length === 0 && isNeverDisclosable(name)) throw new HufuError('sd_reserved', { at: where(place) });
      if (Object.hasOwn(result, name)) throw new HufuError('sd_collision', { at: where(place) });
      placeOf.set(disclosure, [...place, name]);
      result[name] = processValue(disclosure.value, place, name);
    }
    return result;
  }

  function processArray(array: readonly Json[], place: Place): Json[] {
    const result: Json[] = [];
    for (const element of array) {
      const index = result.length;
      const digest = readPlaceholder(element, place);
      if (digest === undefined) {
        result.push(processValue(element, place, index));
        continue;
      }
      const disclosure = open(digest, place);
      if (disclosure === undefined) continue;
      if (disclosure.name !== undefined) {
        misplaced.push(place);
        continue;
      }
      placeOf.set(disclosure, [...place, index]);
      result.push(processValue(disclosure.value, place, index));
    }
    return result;
  }

  const payload = processObject(sdJwt.jwt.payload, []);
  // Step 3c, the arity: last, so that a digest used twice is called that.
  for (const place of misplaced) throw new HufuError('sd_format', { at: where(place) });
  // Step 5.
  const places = sdJwt.disclosures.map((disclosure, index) => {
    const place = placeOf.get(disclosure);
    if (place === undefined) throw new HufuError('sd_unreferenced', { at: `${at}.disclosures[${index}]` });
    return place;
  });
  return { payload, hashName, places };

  /** Names of claims may be personal: a position says how deep, not what. */
  function where(place: Place): string {
    return `${at}.payload@${place.length}`;
  }

  function readDigests(object: JsonObject, place: Place): readonly string[] {
    const digests = object._sd;
    if (digests === undefined) return [];
    if (!isTextArray(digests)) throw new HufuError('sd_format', { at: where(place) });
    return digests;
  }

  /** RFC 9901 4.2.4.2: an object with `...` alone. One with other members meets its refusal as an object. */
  function readPlaceholder(element: Json, place: Place): string | undefined {
    if (!isJsonObject(element) || element['...'] === undefined || Object.keys(element).length > 1) return undefined;
    const digest = element['...'];
    if (typeof digest !== 'string') throw new HufuError('sd_format', { at: where(place) });
    return digest;
  }
}

function isTextArray(value: Json): value is string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}
