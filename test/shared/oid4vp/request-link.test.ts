import { describe, expect, it } from 'vitest';
import { codeOf } from '../../../shared/errors.ts';
import { createRequestLink, parseRequestLink } from '../../../shared/oid4vp/index.ts';

const policy = { allowHttpOrigins: ['http://localhost:4020'] };
const link = {
  clientId: `x509_hash:${'A'.repeat(43)}`,
  requestUri: 'http://localhost:4020/request/abc',
  method: 'post',
} as const;
const code = (text: string) => {
  try {
    parseRequestLink(text, policy);
    return 'accepted';
  } catch (error) {
    return codeOf(error);
  }
};

describe('a request link', () => {
  it('comes back as it was made, under every scheme and behind a web wallet', () => {
    for (const base of [
      'openid4vp://',
      'haip-vp://',
      'http://wallet.localhost:4030/present',
      'https://w.example/p?lang=en',
    ]) {
      expect(parseRequestLink(createRequestLink(base, link), policy)).toEqual(link);
    }
    expect(createRequestLink('openid4vp://', link)).not.toContain('%');
  });

  it('asks by GET where it does not say', () => {
    const text = createRequestLink('openid4vp://', link).replace('&request_uri_method=post', '');
    expect(parseRequestLink(text, policy).method).toBe('get');
  });

  it.each([
    ['another scheme', 'mdoc://?client_id=a&request_uri=https://v.example/r'],
    ['a script', 'javascript:alert(1)//?client_id=a&request_uri=https://v.example/r'],
    ['no client', 'openid4vp://?request_uri=https://v.example/r'],
    ['no address', 'openid4vp://?client_id=a'],
    ['a request by value', 'openid4vp://?client_id=a&request_uri=https://v.example/r&request=e30'],
    ['two clients', 'openid4vp://?client_id=a&client_id=b&request_uri=https://v.example/r'],
    ['two addresses', 'openid4vp://?client_id=a&request_uri=https://v.example/r&request_uri=https://evil.example/r'],
    ['a method in capitals', 'openid4vp://?client_id=a&request_uri=https://v.example/r&request_uri_method=POST'],
    ['plain http elsewhere', 'openid4vp://?client_id=a&request_uri=http://v.example/r'],
    ['loopback that is not listed', 'openid4vp://?client_id=a&request_uri=http://127.0.0.1:4020/r'],
    ['a file', 'openid4vp://?client_id=a&request_uri=file:///etc/passwd'],
    ['a nested link', 'openid4vp://?client_id=a&request_uri=openid4vp://?client_id=b'],
    ['credentials', 'openid4vp://?client_id=a&request_uri=https://u:p@v.example/r'],
    ['a fragment', 'openid4vp://?client_id=a&request_uri=https://v.example/r%23x'],
    ['white space in front', ' openid4vp://?client_id=a&request_uri=https://v.example/r'],
    ['a backslash', 'openid4vp://?client_id=a&request_uri=https:\\\\v.example/r'],
    ['100 kB', `openid4vp://?client_id=${'a'.repeat(100_000)}&request_uri=https://v.example/r`],
    ['nothing', ''],
  ])('with %s is refused', (_name, text) => {
    expect(code(text)).toBe('link_invalid');
  });

  it('without any of these faults is accepted', () => {
    expect(code('openid4vp://?client_id=a&request_uri=https://v.example/r')).toBe('accepted');
  });
});
