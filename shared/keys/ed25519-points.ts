/**
 * Ed25519 public keys that belong to nobody: points of order 1, 2, 4 or 8, for which one signature fits many messages
 * (RFC 8032 leaves the check to the application). Listed by y, the lowest byte first, without the sign bit of x:
 * 0, 1, -1, the two of order 8, and the spellings beyond the field prime that mean 0 and 1.
 */
const lowOrderY: readonly string[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

export function isLowOrder(x: Uint8Array): boolean {
  let hex = '';
  x.forEach((byte, i) => {
    hex += (i === 31 ? byte & 0x7f : byte).toString(16).padStart(2, '0');
  });
  return lowOrderY.includes(hex);
}
