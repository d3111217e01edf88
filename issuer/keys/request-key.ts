import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { parseJson, parseShape } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { generateEncryptionKey } from '../../shared/jwt/index.ts';
import { loadOrCreateText } from '../../shared/server/key-files.ts';
import type { RequestKey } from '../issuance/index.ts';

const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const stored = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: coordinate,
  y: coordinate,
  d: coordinate,
  kid: z.string().min(1),
  use: z.literal('enc'),
  alg: z.literal('ECDH-ES'),
});

/** The key pair that credential requests may be encrypted to, kept in `file`. Refused: `key_file`. */
export async function openRequestKey(file: string): Promise<RequestKey> {
  const { privateJwk: fresh } = await generateEncryptionKey(randomUUID());
  const text = loadOrCreateText(file, () => JSON.stringify(fresh));
  try {
    const privateJwk = parseShape(stored, parseJson(text));
    const { d: _secret, ...publicJwk } = privateJwk;
    return { kid: privateJwk.kid, publicJwk, privateJwk };
  } catch (cause) {
    throw new HufuError('key_file', { at: file, cause });
  }
}
