import { describe, expect, it } from 'vitest';
import { now, signParts, signRaw, verdict } from './tokens.ts';

const header = { alg: 'ES256', typ: 'JWT' };

describe('times', () => {
  it.each(['exp', 'nbf', 'iat', 'auth_time'])(
    'nc-009 lg-06 lg-17 lg-41 %s that is no instant is refused',
    async (name) => {
      const texts = [
        'null',
        'true',
        '"1900000000"',
        '"never"',
        '[]',
        '{}',
        '[1900000000]',
        '-1',
        '1.5',
        '9007199254740991.5',
        '9007199254740993',
        '1e400',
        '-1e400',
      ];
      for (const text of texts) {
        const rest = name === 'exp' ? '' : `,"exp":${now + 60}`;
        const outcome = await verdict(await signRaw(JSON.stringify(header), `{"${name}":${text}${rest}}`));
        expect([text, ['claim_type', 'json_number'].includes(outcome)]).toEqual([text, true]);
      }
    },
  );

  it('nc-009 lg-05 lg-17 a missing or zero exp never means no expiry', async () => {
    expect(await verdict(await signParts(header, {}))).toBe('claim_type');
    expect(await verdict(await signParts(header, { exp: 0 }))).toBe('expired');
    expect(await verdict(await signParts(header, {}), { exp: 'optional' })).toBe('accepted');
    expect(await verdict(await signParts(header, { exp: 0 }), { exp: 'optional' })).toBe('expired');
    expect(await verdict(await signParts(header, { exp: now, auth_time: now, iat: 0, nbf: 0 }))).toBe('accepted');
  });

  it('nc-010 lg-16 the edges are exact, and the skew is 60 s unless said', async () => {
    const outcome = async (claims: object, options = {}) =>
      verdict(await signRaw(JSON.stringify(header), JSON.stringify({ exp: now + 1_000, ...claims })), options);
    expect(await outcome({ exp: now - 59 })).toBe('accepted');
    expect(await outcome({ exp: now - 60 })).toBe('expired');
    expect(await outcome({ exp: now - 61 })).toBe('expired');
    expect(await outcome({ nbf: now + 59 })).toBe('accepted');
    expect(await outcome({ nbf: now + 60 })).toBe('accepted');
    expect(await outcome({ nbf: now + 61 })).toBe('not_yet_valid');
    expect(await outcome({ exp: now }, { skew: 0 })).toBe('expired');
    expect(await outcome({ exp: now + 1 }, { skew: 0 })).toBe('accepted');
    expect(await outcome({ nbf: now + 1 }, { skew: 0 })).toBe('not_yet_valid');
  });

  it('lg-07 a token from the future is refused', async () => {
    const outcome = async (iat: number) => verdict(await signParts(header, { exp: now + 100, iat }));
    expect(await outcome(now + 365 * 86_400)).toBe('not_yet_valid');
    expect(await outcome(now + 61)).toBe('not_yet_valid');
    expect(await outcome(now + 60)).toBe('accepted');
  });

  it('a greatest age needs an iat, and holds exactly', async () => {
    const outcome = async (claims: object) =>
      verdict(await signRaw(JSON.stringify(header), JSON.stringify(claims)), { exp: 'optional', maxAge: 300 });
    expect(await outcome({})).toBe('claim_type');
    expect(await outcome({ iat: now - 359 })).toBe('accepted');
    expect(await outcome({ iat: now - 360 })).toBe('expired');
  });
});
