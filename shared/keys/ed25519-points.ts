/**
 * Points of order 1, 2, 4 or 8, for which one signature fits many messages (RFC 8032 leaves the check to the
 * application): by their y, lowest byte first, without the sign bit of x. In this order: 0, 1, two of order 8, and -1.
 */
export const lowOrderY: readonly string[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

/** Spellings of a y beyond the field prime 2^255 - 19: second names of keys that have one already. */
const beyondPrime = /^(?:e[def]|f[0-9a-f])(?:ff){30}7f$/;

/** Whether 32 bytes can be somebody's Ed25519 key: canonical, and of the large order. The curve is for the import. */
export function isSoundEd25519(x: Uint8Array): boolean {
  let hex = '';
  x.forEach((byte, i) => {
    hex += (i === 31 ? byte & 0x7f : byte).toString(16).padStart(2, '0');
  });
  return !lowOrderY.includes(hex) && !beyondPrime.test(hex);
}
