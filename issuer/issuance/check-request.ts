import { type JsonObject, parseShape } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { credentialRequest } from '../../shared/oid4vci/index.ts';
import type { Access } from '../authorization/index.ts';
import type { Catalogue, Configuration } from '../catalogue/index.ts';
import { type AnswerForm, answerFormOf } from './request-encryption.ts';

export const batchSize = 10;

/** A credential request whose form is right and whose object was granted. The proofs are still only texts. */
export interface CheckedRequest {
  readonly configuration: Configuration;
  readonly proofs: readonly string[];
  readonly answerForm: AnswerForm;
}

/**
 * The request against token and catalogue (OpenID4VCI 1.0 8.2, 8.3.1). In order:
 * 1. shape; 2. exactly one of credential_identifier and credential_configuration_id, the first exactly when the token
 * response gave identifiers (`credential_request_invalid`); 3. granted to this token: foreign and unknown are refused
 * alike (`unknown_identifier`, `unknown_configuration`); 4. how to answer (`encryption_parameters`); 5. one kind of
 * proof, `jwt`, one to ten of them (`proof_missing`, `proof_invalid`).
 */
export function checkRequest(
  value: JsonObject,
  wasEncrypted: boolean,
  access: Access,
  catalogue: Catalogue,
): CheckedRequest {
  const request = shapeOf(value);
  const { credential_identifier: identifier, credential_configuration_id: id } = request;
  if ((identifier === undefined) === (id === undefined)) throw invalid('credential_identifier');
  const configuration =
    identifier === undefined ? byConfiguration(id, access, catalogue) : byIdentifier(identifier, access, catalogue);
  const answerForm = answerFormOf(request.credential_response_encryption, wasEncrypted);
  return { configuration, proofs: proofsOf(request.proofs), answerForm };
}

function byConfiguration(id: string | undefined, access: Access, catalogue: Catalogue): Configuration {
  if (access.identifiers !== undefined) throw invalid('credential_configuration_id');
  const known = id !== undefined && access.configurationIds.includes(id) ? catalogue.findConfiguration(id) : undefined;
  if (known === undefined) throw new HufuError('unknown_configuration', { at: 'credential_configuration_id' });
  return known;
}

function byIdentifier(identifier: string, access: Access, catalogue: Catalogue): Configuration {
  const id = access.identifiers?.get(identifier);
  const known = id === undefined ? undefined : catalogue.findConfiguration(id);
  if (known === undefined) throw new HufuError('unknown_identifier', { at: 'credential_identifier' });
  return known;
}

function proofsOf(proofs: Record<string, unknown> | undefined): readonly string[] {
  if (proofs === undefined) throw new HufuError('proof_missing', { at: 'proofs' });
  const [kind, ...others] = Object.keys(proofs);
  const list = proofs.jwt;
  if (kind !== 'jwt' || others.length > 0 || !Array.isArray(list))
    throw new HufuError('proof_invalid', { at: 'proofs' });
  if (list.length === 0) throw new HufuError('proof_missing', { at: 'proofs.jwt' });
  if (list.length > batchSize) throw new HufuError('proof_invalid', { at: 'proofs.jwt' });
  return list.map((proof, index) => {
    if (typeof proof !== 'string') throw new HufuError('proof_invalid', { at: `proofs.jwt[${index}]` });
    return proof;
  });
}

function shapeOf(value: JsonObject): ReturnType<typeof parse> {
  try {
    return parse(value);
  } catch (cause) {
    throw new HufuError('credential_request_invalid', { at: 'request', cause });
  }
}

function parse(value: JsonObject) {
  return parseShape(credentialRequest, value);
}

function invalid(at: string): HufuError {
  return new HufuError('credential_request_invalid', { at });
}
