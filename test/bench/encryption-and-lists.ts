import { decryptJwe, encryptJwe, generateEncryptionKey } from '../../shared/jwt/index.ts';
import { generateNodeSigner, nodeCrypto } from '../../shared/server/node-crypto.ts';
import { nodeDeflate, nodeInflate } from '../../shared/server/node-inflate.ts';
import {
  compressList,
  packStatuses,
  readStatus,
  signStatusList,
  verifyStatusList,
} from '../../shared/status-list/index.ts';
import { type Figure, measure } from './measure.ts';

const now = 1_800_000_000;
const uri = 'https://issuer.example/status-lists/1';
const entries = 1_000_000;

/** The encrypted answer of a wallet, and a status list of a million entries of two bits with one in a hundred set. */
export async function encryptionAndListFigures(): Promise<Figure[]> {
  const crypto = nodeCrypto();
  const { publicJwk, privateJwk } = await generateEncryptionKey('k');
  const answer = { vp_token: { id: ['a'.repeat(3_000)] } };
  const jwe = await encryptJwe(answer, publicJwk, { enc: 'A256GCM' });

  const signer = generateNodeSigner('ES256');
  const statuses = new Uint8Array(entries);
  // Where they fall is random, as real ones are: a pattern would compress too well.
  const places = new Uint32Array(crypto.randomBytes((4 * entries) / 100).buffer);
  for (const [i, place] of places.entries()) statuses[place % entries] = 1 + (i % 2);
  const rebuild = async () =>
    signStatusList({
      uri,
      bits: 2,
      lst: await compressList(packStatuses(statuses, 2), nodeDeflate),
      iat: now,
      exp: now + 3_600,
      ttl: 600,
      header: {},
      signer,
    });
  const token = await rebuild();
  const unpack = () =>
    verifyStatusList(token, { crypto, expectedUri: uri, key: signer.publicJwk, now, inflate: nodeInflate });
  const list = await unpack();
  return [
    await measure('JWE: encrypt 3 kB', () => encryptJwe(answer, publicJwk, { enc: 'A256GCM' })),
    await measure('JWE: decrypt 3 kB', () => decryptJwe(jwe, privateJwk, { kid: 'k', encs: ['A256GCM'] })),
    await measure('status list, 1,000,000 x 2 bits: pack, compress, sign', rebuild),
    await measure('status list, 1,000,000 x 2 bits: verify, unpack', unpack),
    await measure('status list: read one entry', () => readStatus(list, 123_456)),
  ];
}
