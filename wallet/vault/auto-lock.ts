/** Locks after five minutes without a sign of the person, and at once when the page is hidden. */
export interface AutoLockOptions {
  readonly page: Document;
  readonly lock: (reason: 'idle' | 'hidden') => void;
  /** The page is seen again: a lock that still waits for the end of an act is not needed any more. */
  readonly stay: () => void;
  readonly idleSeconds?: number;
}

const signs = ['pointerdown', 'keydown', 'scroll', 'input'] as const;

/** Returns the function that ends the watch. */
export function watchIdle(options: AutoLockOptions): () => void {
  const { page, lock, stay, idleSeconds = 300 } = options;
  const ended = new AbortController();
  const listening = { signal: ended.signal, passive: true, capture: true };
  let timer: ReturnType<typeof setTimeout> | undefined;

  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => lock('idle'), idleSeconds * 1000);
  };
  const look = () => (page.visibilityState === 'hidden' ? lock('hidden') : stay());
  for (const sign of signs) page.addEventListener(sign, restart, listening);
  page.addEventListener('visibilitychange', look, listening);
  restart();
  return () => {
    clearTimeout(timer);
    ended.abort();
  };
}
