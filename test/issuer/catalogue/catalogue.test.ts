import { describe, expect, it } from 'vitest';
import { type Configuration, createCatalogue } from '../../../issuer/catalogue/index.ts';
import { demoPeople } from '../../../issuer/demo/people.ts';
import type { Person } from '../../../issuer/register/index.ts';
import { locateClaims } from '../../../shared/claims-path.ts';
import { fixedClock } from '../../../shared/clock.ts';
import { decodeUtf8, isJsonObject, parseShape } from '../../../shared/encoding/index.ts';
import { createIdCard, type ResidentNumber } from '../../../shared/id-card/index.ts';
import { credentialConfiguration } from '../../../shared/oid4vci/index.ts';
import {
  checkTypeRules,
  disclosedView,
  isNeverDisclosable,
  issueSdJwt,
  resolveType,
} from '../../../shared/sd-jwt/index.ts';
import { generateNodeSigner, nodeCrypto } from '../../../shared/server/node-crypto.ts';

const now = Date.UTC(2026, 10, 22, 4) / 1000;
const baseUrl = 'http://localhost:4010';
const crypto = nodeCrypto();
const catalogue = createCatalogue({ baseUrl, issuerName: '示例市公安局', hasher: crypto });
const people = demoPeople(createIdCard({ clock: fixedClock(now), demoRegion: true }));

function personOf(slug: string): Person {
  const found = people.find((row) => row.slug === slug);
  if (found === undefined) throw new TypeError(slug);
  return found.person;
}
function configurationOf(id: string): Configuration {
  const found = catalogue.findConfiguration(id);
  if (found === undefined) throw new TypeError(id);
  return found;
}
const lin = personOf('lin-yizhou');
const sdJwt = configurationOf('resident-id-sd-jwt');
const vcJwt = configurationOf('resident-id-vc-jwt');
const licence = configurationOf('driving-licence-sd-jwt');
const withBirth = (birthdate: string): Person => ({ ...lin, birthdate });

describe('the configurations', () => {
  it('are three, described as OpenID4VCI has it', () => {
    const described = catalogue.describe();
    expect(Object.keys(described)).toEqual(['resident-id-sd-jwt', 'resident-id-vc-jwt', 'driving-licence-sd-jwt']);
    for (const [id, configuration] of Object.entries(described)) {
      expect(parseShape(credentialConfiguration, configuration)).toEqual(configuration);
      expect(configuration.scope).toBe(id);
      expect(configuration.credential_metadata?.display?.map((entry) => entry.locale)).toEqual(['zh-Hans', 'en']);
      const paths = configuration.credential_metadata?.claims?.map((claim) => JSON.stringify(claim.path)) ?? [];
      expect(new Set(paths).size).toBe(paths.length);
      for (const claim of configuration.credential_metadata?.claims ?? []) {
        expect(claim.display?.every((entry) => (entry.name ?? '') !== '')).toBe(true);
        if (configuration.format === 'jwt_vc_json') expect(claim.path[0]).toBe('credentialSubject');
      }
    }
    expect(described['resident-id-vc-jwt']?.credential_definition).toEqual({
      type: ['VerifiableCredential', 'ResidentIdCredential'],
    });
    expect(described['resident-id-sd-jwt']?.vct).toBe(`${baseUrl}/types/resident-id/1`);
  });

  it('nobody finds another', () => {
    for (const id of ['resident-id', 'mdoc', '__proto__', 'constructor', ''])
      expect(catalogue.findConfiguration(id)).toBeUndefined();
  });
});

describe('the claims of a person', () => {
  it('a resident ID as SD-JWT has every item of the card', () => {
    const { claims, disclosable, validUntil } = catalogue.buildClaims(sdJwt, lin, now);
    const { picture, ...rest } = claims;
    expect(rest).toEqual({
      vct: `${baseUrl}/types/resident-id/1`,
      'vct#integrity': catalogue.findTypeDocument('resident-id', 1)?.integrity,
      name: '林一舟',
      name_masked: '林*舟',
      sex: 2,
      ethnicity: '01',
      birthdate: '1996-03-10',
      address: { region: '浙江省示例县', region_code: '330199', street_address: '望江路 12 号 3 幢 502 室' },
      personal_administrative_number: '33019919960310412X',
      number_last4: '412X',
      age_equal_or_over: { 14: true, 16: true, 18: true, 60: false },
      card_issuing_authority: '示例县公安局',
      card_valid_from: '2022-04-18',
      date_of_expiry: '2042-04-18',
      issuing_country: 'CN',
      issuing_authority: '示例市公安局',
    });
    expect(String(picture)).toMatch(/^data:image\/jpeg;base64,\/9j\//);
    expect(disclosable).toHaveLength(20);
    expect(validUntil).toBe(Date.parse('2042-04-18T23:59:59+08:00') / 1000);
  });

  it('everything about the person is disclosed one by one, nothing of the credential is', async () => {
    const { claims, disclosable } = catalogue.buildClaims(sdJwt, lin, now);
    const signer = generateNodeSigner('ES256');
    const credential = await issueSdJwt({ payload: claims, disclosable, header: {}, signer, crypto });
    const plain = JSON.parse(Buffer.from(credential.split('.')[1] ?? '', 'base64url').toString());
    expect(Object.keys(plain).sort()).toEqual([
      '_sd',
      '_sd_alg',
      'issuing_authority',
      'issuing_country',
      'vct',
      'vct#integrity',
    ]);
    expect(disclosedView(credential, crypto).payload).toEqual(claims);
    expect(disclosable.every((path) => !isNeverDisclosable(path[0]))).toBe(true);
  });

  it('a long-term card has no expiry, a person without portrait no picture, and nothing stands in their place', () => {
    const { claims, disclosable, validUntil } = catalogue.buildClaims(
      sdJwt,
      { ...personOf('wang-jianguo'), picture: undefined },
      now,
    );
    expect(Object.hasOwn(claims, 'date_of_expiry')).toBe(false);
    expect(Object.hasOwn(claims, 'picture')).toBe(false);
    expect(disclosable.map((path) => path[0])).not.toContain('picture');
    expect(validUntil).toBeUndefined();
  });

  it('a W3C credential, shown whole, leaves out what is only worth something alone, and the ethnic group', () => {
    const { claims, disclosable } = catalogue.buildClaims(vcJwt, lin, now);
    expect(Object.keys(claims)).toEqual([
      'name',
      'sex',
      'birthdate',
      'address',
      'personal_administrative_number',
      'picture',
      'card_issuing_authority',
      'card_valid_from',
      'date_of_expiry',
      'issuing_country',
      'issuing_authority',
    ]);
    expect(disclosable).toEqual([]);
  });

  it('a driving licence is another type out of the same catalogue', () => {
    const { claims } = catalogue.buildClaims(licence, lin, now);
    expect(claims).toMatchObject({
      vct: `${baseUrl}/types/driving-licence/1`,
      vehicle_class: 'C1',
      date_of_expiry: '2035-06-20',
      document_number: '33019919960310412X',
    });
  });

  it.each([
    ['18 today', '2008-11-22', { 14: true, 16: true, 18: true, 60: false }],
    ['18 tomorrow', '2008-11-23', { 14: true, 16: true, 18: false, 60: false }],
    ['14 today', '2012-11-22', { 14: true, 16: false, 18: false, 60: false }],
    ['60 today', '1966-11-22', { 14: true, 16: true, 18: true, 60: true }],
    ['60 tomorrow', '1966-11-23', { 14: true, 16: true, 18: true, 60: false }],
  ])('nc-090 age at issuance: %s', (_name, birthdate, ages) => {
    expect(catalogue.buildClaims(sdJwt, withBirth(birthdate), now).claims.age_equal_or_over).toEqual(ages);
  });

  it('nc-090 the age is that of the day in UTC+8', () => {
    const midnight = Date.UTC(2026, 10, 21, 16) / 1000;
    const over18 = (at: number) => catalogue.buildClaims(sdJwt, withBirth('2008-11-22'), at).claims.age_equal_or_over;
    expect(over18(midnight - 1)).toMatchObject({ 18: false });
    expect(over18(midnight)).toMatchObject({ 18: true });
  });

  it('no licence, no licence credential; an expired document, no credential; its last second still counts', () => {
    expect(() => catalogue.buildClaims(licence, personOf('batu'), now)).toThrow('person_ineligible');
    expect(() => catalogue.checkEligible(licence, personOf('batu'), now)).toThrow('person_ineligible');
    const end = Date.parse('2028-08-21T23:59:59+08:00') / 1000;
    expect(catalogue.buildClaims(sdJwt, personOf('batu'), end).validUntil).toBe(end);
    expect(() => catalogue.buildClaims(sdJwt, personOf('batu'), end + 1)).toThrow('person_ineligible');
  });

  it('a configuration of another issuer is a mistake of the program', () => {
    expect(() => catalogue.buildClaims({ ...sdJwt, id: 'other' }, lin, now)).toThrow(TypeError);
  });

  it('a number is carried whole, whoever asks for the last four gets four', () => {
    const person = { ...lin, number: '330199199603104138' as ResidentNumber };
    expect(catalogue.buildClaims(sdJwt, person, now).claims.number_last4).toBe('4138');
  });
});

describe('type metadata', () => {
  /** A published document never changes: when one of these fails, make a new version instead. */
  it.each([
    ['resident-id', 'sha256-7lo7/nuMLkadhukS+3buBFyJmGeOMpWfDADTCEGO/fg='],
    ['driving-licence', 'sha256-PTsXAMANixs1rQ2QNRg7Yp8h/NEWExqpaZf+uKRgv/s='],
  ])('%s version 1 is what it was when it was published', (name, integrity) => {
    expect(catalogue.findTypeDocument(name, 1)?.integrity).toBe(integrity);
  });

  it.each(['resident-id-sd-jwt', 'driving-licence-sd-jwt'])(
    '%s: a credential keeps the rules of its type, found by its vct and proven by its hash',
    async (id) => {
      const { claims, disclosable } = catalogue.buildClaims(configurationOf(id), lin, now);
      const name = id.replace('-sd-jwt', '');
      const document = catalogue.findTypeDocument(name, 1);
      const fetchText = async () => ({
        status: 200,
        contentType: 'application/json',
        text: decodeUtf8(document?.bytes ?? new Uint8Array()),
        headers: new Headers(),
      });
      const integrity = String(claims['vct#integrity']);
      const type = await resolveType(String(claims.vct), { fetchText, crypto, integrity });
      const disclosedPaths = disclosable.flatMap((path) => locateClaims(claims, path).map(({ place }) => place));
      checkTypeRules(type, { payload: claims, disclosedPaths, complete: true });
      expect(() =>
        checkTypeRules(type, { payload: claims, disclosedPaths: disclosedPaths.slice(1), complete: true }),
      ).toThrow('meta_invalid');
      await expect(
        resolveType(String(claims.vct), { fetchText, crypto, integrity: `sha256-${'A'.repeat(43)}=` }),
      ).rejects.toThrow('meta_integrity');
      for (const claim of type.claims) {
        expect(claim.display?.map((entry) => entry.locale)).toEqual(['zh-Hans', 'en']);
        const parent = claim.path.length > 1 ? locateClaims(claims, claim.path.slice(0, -1))[0]?.value : undefined;
        expect(parent === undefined || isJsonObject(parent)).toBe(true);
      }
    },
  );

  it('an unknown name or version has none', () => {
    expect(catalogue.findTypeDocument('resident-id', 2)).toBeUndefined();
    expect(catalogue.findTypeDocument('passport', 1)).toBeUndefined();
  });
});
