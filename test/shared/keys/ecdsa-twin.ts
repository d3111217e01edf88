const n = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/** (r, n - s): as good a signature over the same bytes as (r, s), and anybody can make it. */
export function ecdsaTwin(signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const s = BigInt(`0x${Buffer.from(signature.slice(32)).toString('hex')}`);
  const other = Buffer.from((n - s).toString(16).padStart(64, '0'), 'hex');
  return Uint8Array.from(Buffer.concat([signature.slice(0, 32), other]));
}
