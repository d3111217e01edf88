import { locateClaims, type Path, type Place } from '../claims-path.ts';
import { isJsonObject, type Json, type JsonObject } from '../encoding/index.ts';

/** What is wanted of one value: all of it, or what lies at some names and indices below. */
interface Wanted {
  whole: boolean;
  readonly below: Map<string | number, Wanted>;
}

/**
 * A copy of the claims with nothing but what the paths select, to drop the rest before it is stored (NC-086). Objects
 * have no prototype; in arrays the wanted elements move together, in their order. A path that selects nothing adds
 * nothing.
 */
export function pickPaths(claims: JsonObject, paths: readonly Path[]): JsonObject {
  const root = nothing();
  for (const path of paths) {
    for (const { place } of locateClaims(claims, path)) want(root, place);
  }
  return pickMembers(claims, root);
}

function nothing(): Wanted {
  return { whole: false, below: new Map() };
}

function want(root: Wanted, place: Place): void {
  let node = root;
  for (const step of place) {
    const next = node.below.get(step) ?? nothing();
    node.below.set(step, next);
    node = next;
  }
  node.whole = true;
}

function pick(value: Json, wanted: Wanted): Json {
  if (wanted.whole) return copy(value);
  if (isJsonObject(value)) return pickMembers(value, wanted);
  return Array.isArray(value) ? pickElements(value, wanted) : value;
}

function pickMembers(object: JsonObject, wanted: Wanted): JsonObject {
  const picked: JsonObject = Object.create(null);
  for (const [name, member] of Object.entries(object)) {
    const part = wanted.below.get(name);
    if (part !== undefined) picked[name] = pick(member, part);
  }
  return picked;
}

function pickElements(array: readonly Json[], wanted: Wanted): Json[] {
  const picked: Json[] = [];
  for (const [index, element] of array.entries()) {
    const part = wanted.below.get(index);
    if (part !== undefined) picked.push(pick(element, part));
  }
  return picked;
}

function copy(value: Json): Json {
  if (Array.isArray(value)) return value.map(copy);
  if (!isJsonObject(value)) return value;
  const object: JsonObject = Object.create(null);
  for (const [name, member] of Object.entries(value)) object[name] = copy(member);
  return object;
}
