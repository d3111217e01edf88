/** Argon2id away from the page's thread: it takes a second or two, and its memory goes with the Worker. */
import { argon2id } from '@noble/hashes/argon2.js';
import * as z from 'zod/mini';

const task = z.strictObject({
  passphrase: z.string(),
  salt: z.instanceof(Uint8Array),
  t: z.int(),
  m: z.int(),
  p: z.int(),
});

self.addEventListener('message', (event: MessageEvent<unknown>) => {
  const { passphrase, salt, t, m, p } = task.parse(event.data);
  const bytes = argon2id(passphrase, salt, { t, m, p, dkLen: 32 });
  self.postMessage(bytes);
});
