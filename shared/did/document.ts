import type { DIDDocument, VerificationMethod } from 'did-resolver';
import * as z from 'zod/mini';
import { type Json, parseShape } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import type { PublicJwk } from '../keys/index.ts';

const maxMethods = 32;

const method = z.object({
  id: z.string(),
  type: z.string(),
  controller: z.string(),
  publicKeyJwk: z.optional(z.looseObject({ kty: z.string() })),
});
const relationship = z.optional(z.array(z.union([z.string(), method])));
const wireDocument = z.object({
  id: z.string(),
  controller: z.optional(z.union([z.string(), z.array(z.string())])),
  deactivated: z.optional(z.boolean()),
  verificationMethod: z.optional(z.array(method)),
  assertionMethod: relationship,
  authentication: relationship,
  keyAgreement: relationship,
});

/**
 * A DID document as fetched, checked against the DID that was asked for and reduced to its keys (DID Core 1.0 5).
 * Methods embedded in a relationship are listed with the others and stay good for that relationship alone.
 * Refused with `did_invalid`: another shape, another `id`, a deactivated subject, another controller, relative or
 * foreign key ids, two methods with one id, a reference to a method that is not there.
 */
export function checkDocument(did: string, value: Json): DIDDocument {
  // 1. Shape, and the document of the DID that was asked for (5.1.1).
  const wire = shapeOf(value);
  if (wire.id !== did) throw invalid('id');
  if (wire.deactivated === true) throw invalid('deactivated');

  // 2. Nobody else may change it (5.1.2): a foreign controller would bring in keys this room has not looked at.
  const controllers = typeof wire.controller === 'string' ? [wire.controller] : (wire.controller ?? []);
  if (controllers.some((controller) => controller !== did)) throw invalid('controller');

  // 3. Methods: absolute ids under this DID, its own controller, each id once (5.2).
  const methods: VerificationMethod[] = [];
  const take = (entry: z.output<typeof method>): string => {
    if (!entry.id.startsWith(`${did}#`) || entry.controller !== did) throw invalid('verificationMethod');
    if (methods.some(({ id }) => id === entry.id) || methods.length >= maxMethods) throw invalid('verificationMethod');
    const { id, type, controller, publicKeyJwk } = entry;
    methods.push(publicKeyJwk === undefined ? { id, type, controller } : { id, type, controller, publicKeyJwk });
    return id;
  };
  wire.verificationMethod?.forEach(take);

  // 4. Relationships: every reference leads to a listed method (5.3).
  const shared = new Set(methods.map(({ id }) => id));
  const idsOf = (entries: z.output<typeof relationship>): string[] =>
    (entries ?? []).map((entry) => {
      if (typeof entry !== 'string') return take(entry);
      if (!shared.has(entry)) throw invalid('relationship');
      return entry;
    });
  return {
    id: did,
    assertionMethod: idsOf(wire.assertionMethod),
    authentication: idsOf(wire.authentication),
    keyAgreement: idsOf(wire.keyAgreement),
    verificationMethod: methods,
  };
}

/** The document of a DID that is nothing but one key. Signing covers assertion and authentication. */
export function selfContained(
  did: string,
  keyId: string,
  key: PublicJwk,
  role: 'signs' | 'agrees' = 'signs',
): DIDDocument {
  const { kty, crv, x, y } = key;
  const publicKeyJwk = y === undefined ? { kty, crv, x } : { kty, crv, x, y };
  return {
    id: did,
    verificationMethod: [{ id: keyId, type: 'JsonWebKey2020', controller: did, publicKeyJwk }],
    ...(role === 'signs' ? { assertionMethod: [keyId], authentication: [keyId] } : { keyAgreement: [keyId] }),
  };
}

function shapeOf(value: Json): z.output<typeof wireDocument> {
  try {
    return parseShape(wireDocument, value);
  } catch (cause) {
    throw new HufuError('did_invalid', { at: 'document', cause });
  }
}

function invalid(at: string): HufuError {
  return new HufuError('did_invalid', { at });
}
