import type { Path } from '../../shared/claims-path.ts';
import type { JsonObject } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { civilDateAt, endOfCivilDate } from '../../shared/id-card/index.ts';
import type { Hasher } from '../../shared/keys/index.ts';
import { type Bilingual, languages } from '../../shared/look/index.ts';
import type { CredentialConfiguration, KeyBinding } from '../../shared/oid4vci/index.ts';
import { longTerm, type Person } from '../register/index.ts';
import type { ClaimRule, CredentialFormat, CredentialType } from './credential-type.ts';
import { documentValidUntil, readSource, type SourceContext } from './sources.ts';
import { createTypeDocument, type TypeDocument } from './type-document.ts';
import { drivingLicence } from './types/driving-licence-1.ts';
import { residentId } from './types/resident-id-1.ts';

/** A type in one format: what an offer names and a wallet asks for. */
export interface Configuration {
  /** `resident-id-sd-jwt`; also its OAuth scope. */
  readonly id: string;
  readonly format: CredentialFormat;
  readonly title: Bilingual;
  /** How its holder's key is named. */
  readonly binding: KeyBinding;
  /** dc+sd-jwt: the type; undefined for the other format. */
  readonly vct: string | undefined;
  /** jwt_vc_json: the types; undefined for the other format. */
  readonly vcTypes: readonly string[] | undefined;
}

/** What the catalogue puts into one credential. Issuer, times, key binding and status are for issuance to add. */
export interface CredentialClaims {
  /** dc+sd-jwt: members of the payload, `vct` and `vct#integrity` among them. jwt_vc_json: members of `credentialSubject`. */
  readonly claims: JsonObject;
  /** Paths to disclose selectively, parents before children; empty for jwt_vc_json. */
  readonly disclosable: readonly Path[];
  /** Last second (epoch) of the paper document's validity; undefined when it is long-term. No `exp` may be later. */
  readonly validUntil: number | undefined;
}

export interface Catalogue {
  readonly configurations: readonly Configuration[];
  /** Undefined for an id that is not offered. */
  findConfiguration(id: string): Configuration | undefined;
  /** `credential_configurations_supported` (OpenID4VCI 1.0 12.2.4). */
  describe(): Record<string, CredentialConfiguration>;
  /** Refused: `person_ineligible` (the paper document is missing or has expired). */
  checkEligible(configuration: Configuration, person: Person, now: number): void;
  /** The same refusal; the claims of this person as of `now`. */
  buildClaims(configuration: Configuration, person: Person, now: number): CredentialClaims;
  /** Type metadata by name and version, as served at the `vct` address. */
  findTypeDocument(name: string, version: number): TypeDocument | undefined;
}

export interface CatalogueOptions {
  /** Public address of the issuer, without trailing slash. */
  readonly baseUrl: string;
  /** Who issues, as written into every credential (`issuing_authority`). */
  readonly issuerName: string;
  readonly hasher: Hasher;
}

const formatSuffix: Readonly<Record<CredentialFormat, string>> = { 'dc+sd-jwt': 'sd-jwt', jwt_vc_json: 'vc-jwt' };
const types: readonly CredentialType[] = [residentId, drivingLicence];

interface Entry {
  readonly configuration: Configuration;
  readonly type: CredentialType;
  readonly document: TypeDocument;
  readonly rules: readonly ClaimRule[];
}

export function createCatalogue(options: CatalogueOptions): Catalogue {
  const documents = new Map<string, TypeDocument>();
  const entries = new Map<string, Entry>();
  for (const type of types) {
    const vct = `${options.baseUrl}/types/${type.name}/${type.version}`;
    const document = createTypeDocument(type, vct, options.hasher);
    documents.set(`${type.name}/${type.version}`, document);
    for (const format of type.formats) {
      const configuration = createConfiguration(type, format, vct);
      const rules = type.claims.filter((claim) => format === 'dc+sd-jwt' || claim.selectiveOnly !== true);
      entries.set(configuration.id, { configuration, type, document, rules });
    }
  }

  function entryOf(configuration: Configuration): Entry {
    const entry = entries.get(configuration.id);
    if (entry === undefined) throw new TypeError('a configuration of another catalogue');
    return entry;
  }

  function documentEnd({ type }: Entry, person: Person, now: number): number | undefined {
    const until = documentValidUntil(type.document, person);
    if (until === longTerm) return undefined;
    const end = until === undefined ? undefined : endOfCivilDate(until);
    if (end === undefined || end < now) throw new HufuError('person_ineligible', { at: type.document });
    return end;
  }

  return {
    configurations: [...entries.values()].map((entry) => entry.configuration),
    findConfiguration: (id) => entries.get(id)?.configuration,
    describe: () => Object.fromEntries([...entries].map(([id, entry]) => [id, describeEntry(entry)])),
    checkEligible(configuration, person, now) {
      documentEnd(entryOf(configuration), person, now);
    },
    buildClaims(configuration, person, now) {
      const entry = entryOf(configuration);
      const validUntil = documentEnd(entry, person, now);
      const context = { today: civilDateAt(now), issuerName: options.issuerName };
      const { claims, disclosable } = fillClaims(entry.rules, person, context);
      if (configuration.format === 'jwt_vc_json') return { claims, disclosable: [], validUntil };
      const { vct, integrity } = entry.document;
      return { claims: { vct, 'vct#integrity': integrity, ...claims }, disclosable, validUntil };
    },
    findTypeDocument: (name, version) => documents.get(`${name}/${version}`),
  };
}

function createConfiguration(type: CredentialType, format: CredentialFormat, vct: string): Configuration {
  const sdJwt = format === 'dc+sd-jwt';
  return {
    id: `${type.name}-${formatSuffix[format]}`,
    format,
    title: type.title,
    binding: sdJwt ? 'jwk' : 'did:jwk',
    vct: sdJwt ? vct : undefined,
    vcTypes: sdJwt ? undefined : ['VerifiableCredential', type.vcType],
  };
}

/** A value at each path; claims the person does not have are left out, with their disclosure. */
function fillClaims(
  rules: readonly ClaimRule[],
  person: Person,
  context: SourceContext,
): { claims: JsonObject; disclosable: Path[] } {
  const claims: JsonObject = {};
  const groups = new Map<string, JsonObject>();
  const disclosable: Path[] = [];
  for (const { path, source, sd } of rules) {
    const value = source === 'group' ? {} : readSource(source, person, context);
    if (value === undefined) continue;
    const [first = '', second] = path;
    const parent = second === undefined ? claims : groups.get(first);
    if (parent === undefined) throw new TypeError('a claim before its group');
    parent[second ?? first] = value;
    if (source === 'group') groups.set(first, value as JsonObject);
    if (sd === 'always') disclosable.push(path);
  }
  return { claims, disclosable };
}

function describeEntry({ configuration, type, rules }: Entry): CredentialConfiguration {
  const { id, format, vct, vcTypes, binding } = configuration;
  const root = format === 'jwt_vc_json' ? ['credentialSubject'] : [];
  return {
    format,
    scope: id,
    ...(vct !== undefined && { vct }),
    ...(vcTypes !== undefined && { credential_definition: { type: [...vcTypes] } }),
    credential_signing_alg_values_supported: ['ES256'],
    cryptographic_binding_methods_supported: [binding],
    proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256', 'Ed25519', 'EdDSA'] } },
    credential_metadata: {
      display: languages.map((locale) => ({
        locale,
        name: type.title[locale],
        description: type.description[locale],
        background_color: type.colors.background,
        text_color: type.colors.text,
      })),
      claims: rules.map((claim) => ({
        path: [...root, ...claim.path],
        mandatory: claim.mandatory,
        display: languages.map((locale) => ({ locale, name: claim.label[locale] })),
      })),
    },
  };
}
