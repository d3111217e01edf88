import { webCrypto } from '../../shared/keys/index.ts';
import { generateNodeSigner, nodeCrypto } from '../../shared/server/node-crypto.ts';
import { cycle, type Figure, measure } from './measure.ts';

/** What this machine can do at best: the ground under every other figure. */
export async function machineFigures(): Promise<Figure[]> {
  const crypto = nodeCrypto();
  const web = webCrypto();
  const message = crypto.randomBytes(64);
  const text = 'a'.repeat(100);
  const [es256, ed25519] = [generateNodeSigner('ES256'), generateNodeSigner('EdDSA')];
  const [p256Signature, ed25519Signature] = [await es256.sign(message), await ed25519.sign(message)];
  // More keys than the port remembers: each is imported anew.
  const strangers = cycle(Array.from({ length: 6_000 }, () => generateNodeSigner('ES256').publicJwk));
  return [
    await measure('ES256 verify', () => crypto.verify('ES256', es256.publicJwk, p256Signature, message)),
    await measure('ES256 sign', () => es256.sign(message)),
    await measure('ES256 verify, key imported each time', () =>
      crypto.verify('ES256', strangers(), p256Signature, message),
    ),
    await measure('Ed25519 verify', () => crypto.verify('EdDSA', ed25519.publicJwk, ed25519Signature, message)),
    await measure('Ed25519 sign', () => ed25519.sign(message)),
    await measure('WebCrypto ES256 verify', () => web.verify('ES256', es256.publicJwk, p256Signature, message)),
    await measure('SHA-256 of 100 characters', () => crypto.sha256Base64url(text)),
    await measure('16 random bytes', () => crypto.randomBytes(16)),
  ];
}
