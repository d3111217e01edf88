/** Locks after five minutes without a sign of the person, and at once when the page is hidden. */
export interface AutoLockOptions {
  readonly page: Document;
  readonly lock: () => void;
  readonly idleSeconds?: number;
}

const signs = ['pointerdown', 'keydown', 'scroll', 'input'] as const;

/** Returns the function that ends the watch. */
export function watchIdle(options: AutoLockOptions): () => void {
  const { page, lock, idleSeconds = 300 } = options;
  const ended = new AbortController();
  const listening = { signal: ended.signal, passive: true, capture: true };
  let timer: ReturnType<typeof setTimeout> | undefined;

  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(lock, idleSeconds * 1000);
  };
  for (const sign of signs) page.addEventListener(sign, restart, listening);
  page.addEventListener('visibilitychange', () => page.visibilityState === 'hidden' && lock(), listening);
  restart();
  return () => {
    clearTimeout(timer);
    ended.abort();
  };
}
