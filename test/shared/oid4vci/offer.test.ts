import { describe, expect, it } from 'vitest';
import {
  type CredentialOffer,
  createOfferLink,
  parseOffer,
  parseOfferLink,
  preAuthorizedGrantType,
} from '../../../shared/oid4vci/index.ts';

const offer: CredentialOffer = {
  credential_issuer: 'https://issuer.example/tenant',
  credential_configuration_ids: ['resident-id-sd-jwt'],
  grants: { [preAuthorizedGrantType]: { 'pre-authorized_code': 'abc', tx_code: { input_mode: 'numeric', length: 6 } } },
};
const link = (parameters: Record<string, string>, base = 'openid-credential-offer://') =>
  `${base}?${new URLSearchParams(parameters).toString()}`;
const refused = (act: () => unknown) => expect(act).toThrow(expect.objectContaining({ code: 'offer_invalid' }));

describe('offer links', () => {
  it('carry an offer by value and back', () => {
    expect(parseOfferLink(createOfferLink({ value: offer }))).toEqual({ kind: 'value', offer });
    expect(parseOfferLink(createOfferLink({ value: offer }, 'haip-vci://'))).toEqual({ kind: 'value', offer });
  });

  it('carry an address, which is not fetched here', () => {
    const uri = 'https://issuer.example/offers/x';
    expect(parseOfferLink(createOfferLink({ reference: uri }))).toEqual({ kind: 'reference', uri });
  });

  it('at an own address of the wallet are read, at any other place refused', () => {
    const own = 'https://wallet.example/receive';
    const text = createOfferLink({ reference: 'https://issuer.example/offers/x' }, own);
    expect(parseOfferLink(text, { ownAddresses: [own] }).kind).toBe('reference');
    refused(() => parseOfferLink(text));
    refused(() => parseOfferLink(text, { ownAddresses: ['https://wallet.example/receive/more'] }));
    refused(() => parseOfferLink(text, { ownAddresses: ['https://evil.example/receive'] }));
  });

  it.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:text/html,x',
    'openid4vp://',
    'openid-credential-offer:',
    '',
  ])('nc-137 another scheme or nothing is refused: %s', (text) => refused(() => parseOfferLink(text)));

  it('nc-137 a link of 100 kB, a nested scheme and a place inside the custom scheme are refused', () => {
    const padded = (length: number) => `${createOfferLink({ value: offer })}&padding=${'x'.repeat(length)}`;
    expect(parseOfferLink(padded(10_000)).kind).toBe('value');
    refused(() => parseOfferLink(padded(100_000)));
    refused(() =>
      parseOfferLink(link({ credential_offer_uri: 'openid-credential-offer://?credential_offer_uri=https://a' })),
    );
    refused(() =>
      parseOfferLink(link({ credential_offer_uri: 'https://i.example/o' }, 'openid-credential-offer://evil.example/')),
    );
  });

  it.each([
    'javascript:alert(1)',
    'file:///x',
    'https://user@issuer.example/x',
    'https://issuer.example/#x',
    '//x',
    'https://',
  ])('nc-137 an address that is no plain web address is refused: %s', (uri) =>
    refused(() => parseOfferLink(link({ credential_offer_uri: uri }))),
  );

  it('both parameters, neither, or one twice are refused', () => {
    const value = JSON.stringify(offer);
    refused(() => parseOfferLink(link({ credential_offer: value, credential_offer_uri: 'https://i.example/o' })));
    refused(() => parseOfferLink(link({})));
    refused(() => parseOfferLink(`${link({ credential_offer: value })}&credential_offer=${encodeURIComponent(value)}`));
  });
});

describe('offers', () => {
  it('drop what they do not know', () => {
    expect(parseOffer(JSON.stringify({ ...offer, later: 1 }))).toEqual(offer);
  });

  it.each([
    ['no issuer', { ...offer, credential_issuer: undefined }],
    ['an issuer with a query', { ...offer, credential_issuer: 'https://issuer.example/?a=b' }],
    ['an issuer with a fragment', { ...offer, credential_issuer: 'https://issuer.example/#a' }],
    ['an issuer that is no address', { ...offer, credential_issuer: 'did:web:issuer.example' }],
    ['no configurations', { ...offer, credential_configuration_ids: [] }],
    ['a configuration twice', { ...offer, credential_configuration_ids: ['a', 'a'] }],
    ['draft 11 `credentials`', { credential_issuer: offer.credential_issuer, credentials: ['a'] }],
    ['a code that is a number', { ...offer, grants: { [preAuthorizedGrantType]: { 'pre-authorized_code': 1 } } }],
    [
      'draft user_pin text as tx_code',
      { ...offer, grants: { [preAuthorizedGrantType]: { 'pre-authorized_code': 'a', tx_code: 'yes' } } },
    ],
    [
      'a description of 301 characters',
      {
        ...offer,
        grants: { [preAuthorizedGrantType]: { 'pre-authorized_code': 'a', tx_code: { description: 'x'.repeat(301) } } },
      },
    ],
    ['an array', [offer]],
  ])('with %s are refused', (_, value) => refused(() => parseOffer(JSON.stringify(value))));

  it('nc-006 with a member twice are refused', () => {
    refused(() =>
      parseOffer(
        '{"credential_issuer":"https://a.example","credential_issuer":"https://b.example","credential_configuration_ids":["a"]}',
      ),
    );
  });
});
