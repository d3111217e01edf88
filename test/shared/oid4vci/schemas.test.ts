import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseShape } from '../../../shared/encoding/index.ts';
import { HufuError } from '../../../shared/errors.ts';
import * as vci from '../../../shared/oid4vci/index.ts';

const folder = new URL('../../../../shared/vectors/json-schemas/', import.meta.url);
const have = existsSync(folder);

const issuer = 'https://issuer.example/tenant';
const metadata = {
  credential_issuer: issuer,
  credential_endpoint: `${issuer}/credential`,
  nonce_endpoint: `${issuer}/nonce`,
  notification_endpoint: `${issuer}/notification`,
  credential_request_encryption: {
    jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: '1', alg: 'ECDH-ES', use: 'enc' }] },
    enc_values_supported: ['A128GCM'],
    encryption_required: false,
  },
  credential_response_encryption: {
    alg_values_supported: ['ECDH-ES'],
    enc_values_supported: ['A128GCM'],
    encryption_required: false,
  },
  batch_credential_issuance: { batch_size: 10 },
  display: [
    { name: '发证机关', locale: 'zh-Hans' },
    { name: 'Issuer', locale: 'en' },
  ],
  credential_configurations_supported: {
    'id-sd-jwt': {
      format: 'dc+sd-jwt',
      vct: `${issuer}/types/id/1`,
      scope: 'id-sd-jwt',
      credential_signing_alg_values_supported: ['ES256'],
      cryptographic_binding_methods_supported: ['jwk'],
      proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
      credential_metadata: {
        display: [{ name: 'ID', locale: 'en' }],
        claims: [{ path: ['address', 'region'], display: [{ name: 'Region', locale: 'en' }] }],
      },
    },
    'id-vc-jwt': { format: 'jwt_vc_json', credential_definition: { type: ['VerifiableCredential', 'Id'] } },
  },
};
const server = {
  issuer,
  token_endpoint: `${issuer}/token`,
  grant_types_supported: [vci.preAuthorizedGrantType],
  'pre-authorized_grant_anonymous_access_supported': true,
};
const request = { credential_configuration_id: 'id-sd-jwt', proofs: { jwt: ['a.b.c'] } };

/** The suite's schemas are an oracle from outside: what ours accept here they accept too, and the broken ones neither. */
describe.skipIf(!have)('wire schemas beside the json-schemas of the conformance suite', () => {
  const ajv = addFormats.default(new Ajv2020({ strict: false }));
  const oracle: Record<string, (value: unknown) => boolean> = {};
  beforeAll(() => {
    for (const name of [
      'credential_issuer_metadata-1_0',
      'credential_offer-1_0',
      'credential_request-1_0',
      'oauth_authorization_server_metadata',
    ]) {
      const check = ajv.compile(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')));
      oracle[name] = (value) => check(value);
    }
  });

  const both = (name: string, accept: (value: unknown) => unknown, value: unknown) => {
    const ours = (() => {
      try {
        accept(value);
        return true;
      } catch (error) {
        if (!(error instanceof HufuError)) throw error;
        return false;
      }
    })();
    return { ours, theirs: oracle[name]?.(value) };
  };
  const asMetadata = (value: unknown) => vci.checkIssuerMetadata(value, issuer);

  it('issuer metadata', () => {
    expect(both('credential_issuer_metadata-1_0', asMetadata, metadata)).toEqual({ ours: true, theirs: true });
    for (const broken of [
      { ...metadata, credential_endpoint: undefined },
      { ...metadata, batch_credential_issuance: { batch_size: 1 } },
      { ...metadata, display: [] },
      { ...metadata, credential_request_encryption: { ...metadata.credential_request_encryption, jwks: [] } },
      { ...metadata, credential_configurations_supported: { a: { format: 'dc+sd-jwt' } } },
      { ...metadata, credential_configurations_supported: { a: { format: 'jwt_vc_json' } } },
      {
        ...metadata,
        credential_configurations_supported: {
          a: { format: 'x', cryptographic_binding_methods_supported: [], proof_types_supported: {} },
        },
      },
    ]) {
      const plain = JSON.parse(JSON.stringify(broken));
      expect(both('credential_issuer_metadata-1_0', asMetadata, plain)).toEqual({ ours: false, theirs: false });
    }
  });

  it('authorization server metadata', () => {
    const accept = (value: unknown) => vci.checkAuthorizationServerMetadata(value, issuer);
    expect(both('oauth_authorization_server_metadata', accept, server)).toEqual({ ours: true, theirs: true });
    const broken = { ...server, grant_types_supported: 'x' };
    expect(both('oauth_authorization_server_metadata', accept, broken)).toEqual({ ours: false, theirs: false });
  });

  it('credential request', () => {
    const accept = (value: unknown) => parseShape(vci.credentialRequest, value);
    expect(both('credential_request-1_0', accept, request)).toEqual({ ours: true, theirs: true });
    for (const broken of [
      { ...request, proofs: [] },
      { ...request, credential_configuration_id: 1 },
    ]) {
      expect(both('credential_request-1_0', accept, broken)).toEqual({ ours: false, theirs: false });
    }
  });

  it('credential offer', () => {
    const accept = (value: unknown) => vci.parseOffer(JSON.stringify(value));
    const offer = {
      credential_issuer: issuer,
      credential_configuration_ids: ['a'],
      grants: { [vci.preAuthorizedGrantType]: { 'pre-authorized_code': 'c', tx_code: {} } },
    };
    expect(both('credential_offer-1_0', accept, offer)).toEqual({ ours: true, theirs: true });
    for (const broken of [
      { ...offer, credential_configuration_ids: [] },
      { ...offer, grants: { [vci.preAuthorizedGrantType]: {} } },
      {
        ...offer,
        grants: { [vci.preAuthorizedGrantType]: { 'pre-authorized_code': 'c', tx_code: { input_mode: 'voice' } } },
      },
    ]) {
      expect(both('credential_offer-1_0', accept, broken)).toEqual({ ours: false, theirs: false });
    }
  });
});

describe('what a wallet checks of fetched metadata', () => {
  const invalid = (value: unknown, expected = issuer) =>
    expect(() => vci.checkIssuerMetadata(value, expected)).toThrow(
      expect.objectContaining({ code: 'metadata_invalid' }),
    );

  it('the identifier, byte for byte', () => {
    expect(vci.checkIssuerMetadata(metadata, issuer).credential_issuer).toBe(issuer);
    invalid(metadata, `${issuer}/`);
    invalid(metadata, 'https://issuer.example/Tenant');
  });

  it('no endpoint falls back to http', () => {
    invalid({ ...metadata, credential_endpoint: 'http://issuer.example/credential' });
    invalid({ ...metadata, nonce_endpoint: 'http://issuer.example/nonce' });
    expect(() =>
      vci.checkAuthorizationServerMetadata({ ...server, token_endpoint: 'http://issuer.example/t' }, issuer),
    ).toThrow('metadata_invalid');
    expect(() => vci.checkAuthorizationServerMetadata(server, 'https://other.example')).toThrow('metadata_invalid');
  });

  it('binding methods and proof types together, one display entry per locale, response encryption only with request encryption', () => {
    const configuration = metadata.credential_configurations_supported['id-sd-jwt'];
    const withConfiguration = (value: unknown) => ({ ...metadata, credential_configurations_supported: { a: value } });
    invalid(withConfiguration({ ...configuration, proof_types_supported: undefined }));
    invalid(withConfiguration({ ...configuration, cryptographic_binding_methods_supported: undefined }));
    invalid({
      ...metadata,
      display: [
        { name: 'a', locale: 'en' },
        { name: 'b', locale: 'EN' },
      ],
    });
    invalid({ ...metadata, credential_request_encryption: undefined });
  });

  it('lg-12 a private key in the key set is refused', () => {
    const encryption = metadata.credential_request_encryption;
    const [key] = encryption.jwks.keys;
    invalid({
      ...metadata,
      credential_request_encryption: { ...encryption, jwks: { keys: [{ ...key, d: 'secret' }] } },
    });
  });

  it('unknown members are dropped', () => {
    expect(vci.checkIssuerMetadata({ ...metadata, later: { a: 1 } }, issuer)).not.toHaveProperty('later');
  });
});

describe('answers', () => {
  const accepts = (schema: Parameters<typeof parseShape>[0], value: unknown) => {
    try {
      return parseShape(schema, value) !== undefined;
    } catch {
      return false;
    }
  };

  it('credential response: credentials or a transaction, never both, never neither', () => {
    const credentials = [{ credential: 'x' }];
    expect(accepts(vci.credentialResponse, { credentials, notification_id: 'n' })).toBe(true);
    expect(accepts(vci.credentialResponse, { transaction_id: 't', interval: 5 })).toBe(true);
    expect(accepts(vci.credentialResponse, { credentials, transaction_id: 't', interval: 5 })).toBe(false);
    expect(accepts(vci.credentialResponse, { transaction_id: 't' })).toBe(false);
    expect(accepts(vci.credentialResponse, { transaction_id: 't', interval: 5, notification_id: 'n' })).toBe(false);
    expect(accepts(vci.credentialResponse, { credentials: [] })).toBe(false);
    expect(accepts(vci.credentialResponse, { credential: 'x' })).toBe(false);
  });

  it('notification: the three events, printable description', () => {
    expect(accepts(vci.notificationRequest, { notification_id: 'n', event: 'credential_accepted' })).toBe(true);
    expect(accepts(vci.notificationRequest, { notification_id: 'n', event: 'credential_eaten' })).toBe(false);
    expect(
      accepts(vci.notificationRequest, { notification_id: 'n', event: 'credential_failure', event_description: 'a"b' }),
    ).toBe(false);
    expect(accepts(vci.notificationRequest, { event: 'credential_accepted' })).toBe(false);
  });

  it('token response: authorization details carry identifiers', () => {
    const token = { access_token: 'a', token_type: 'DPoP', expires_in: 300 };
    const detail = { type: 'openid_credential', credential_configuration_id: 'a' };
    expect(
      accepts(vci.tokenResponse, { ...token, authorization_details: [{ ...detail, credential_identifiers: ['i'] }] }),
    ).toBe(true);
    expect(accepts(vci.tokenResponse, { ...token, authorization_details: [detail] })).toBe(false);
    expect(accepts(vci.tokenResponse, { token_type: 'DPoP' })).toBe(false);
  });
});

describe('well-known addresses', () => {
  it('stand between host and path', () => {
    const name = 'openid-credential-issuer';
    expect(vci.insertWellKnown('https://h.example', name)).toBe(`https://h.example/.well-known/${name}`);
    expect(vci.insertWellKnown('https://h.example/', name)).toBe(`https://h.example/.well-known/${name}`);
    expect(vci.insertWellKnown('https://h.example:8443/a/b', name)).toBe(
      `https://h.example:8443/.well-known/${name}/a/b`,
    );
    expect(vci.insertWellKnown('https://h.example/a/', name)).toBe(`https://h.example/.well-known/${name}/a`);
  });
});
