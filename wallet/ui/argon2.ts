import type { Argon2Task } from '../vault/index.ts';
import { ownScript } from './trusted-script.ts';

/** Runs Argon2id in a Worker of its own, which ends with the task and takes its memory along. */
export function argon2id(task: Argon2Task): Promise<Uint8Array<ArrayBuffer>> {
  const worker = new Worker(ownScript('/argon2.js'), { type: 'module' });
  return new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
    worker.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (event.data instanceof Uint8Array) resolve(new Uint8Array(event.data));
      else reject(new TypeError('argon2id'));
    });
    worker.addEventListener('error', () => reject(new TypeError('argon2id')));
    worker.postMessage(task);
  }).finally(() => worker.terminate());
}
