import { describe, expect, it } from 'vitest';
import { timesOf } from '../../../issuer/issuance/sign-copies.ts';

const day = 86_400;
const midnight = 20_000 * day;

describe('times of a set', () => {
  it('are whole days, the same for everything made on one', () => {
    const expected = { issuedAt: midnight, expiresAt: midnight + 90 * day };
    expect(timesOf(midnight, undefined, Number.MAX_SAFE_INTEGER)).toEqual(expected);
    expect(timesOf(midnight + day - 1, undefined, Number.MAX_SAFE_INTEGER)).toEqual(expected);
  });

  it('end before the paper document and before the certificate', () => {
    expect(timesOf(midnight, midnight + 5 * day, Number.MAX_SAFE_INTEGER).expiresAt).toBe(midnight + 5 * day);
    expect(timesOf(midnight, midnight + 5 * day, midnight + 3 * day).expiresAt).toBe(midnight + 3 * day);
    expect(timesOf(midnight, undefined, midnight + 3 * day).expiresAt).toBe(midnight + 3 * day);
    expect(timesOf(midnight, midnight + 500 * day, Number.MAX_SAFE_INTEGER).expiresAt).toBe(midnight + 90 * day);
  });
});
