import type { Path } from '../../shared/dcql/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { CardFormat } from './cards.ts';

/** The object a credential's statements about the person lie in. */
export function personOf(claims: JsonObject, format: CardFormat): JsonObject {
  if (format === 'dc+sd-jwt') return claims;
  const { credentialSubject: subject } = claims;
  if (!isJsonObject(subject)) throw new HufuError('credential_unexpected', { at: 'credentialSubject' });
  return subject;
}

/** Every value's path; an array counts as one value. */
export function leafPaths(value: Json, path: Path): readonly Path[] {
  if (!isJsonObject(value)) return [path];
  return Object.entries(value).flatMap(([name, member]) => leafPaths(member, [...path, name]));
}

/** Members every credential has, which say nothing about the person. */
export const technicalMembers: Readonly<Record<CardFormat, ReadonlySet<string>>> = {
  'dc+sd-jwt': new Set(['iss', 'sub', 'iat', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'status', 'jti', 'aka_vcts']),
  jwt_vc_json: new Set(['id']),
};
