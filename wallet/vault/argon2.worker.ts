/** Argon2id away from the page's thread: it takes seconds, and its memory goes with the Worker. */
import { argon2id } from '@noble/hashes/argon2.js';
import type { Argon2Task } from './passphrase.ts';

self.addEventListener('message', ({ data }: MessageEvent<Argon2Task>) => {
  const { passphrase, salt, t, m, p } = data;
  self.postMessage(argon2id(passphrase, salt, { t, m, p, dkLen: 32 }));
});
