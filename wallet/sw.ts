/**
 * The wallet's shell, so that it opens without a network. It answers for the files of one build and for nothing else:
 * no answer of an issuer or a relying party ever passes through here, and nothing personal is kept.
 */
const shell: Readonly<Record<string, string>> = JSON.parse('__SHELL__');
const cacheName = `hufu-shell-${shell['/'] ?? ''}`;
const pageTimeout = 3_000;

interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

self.addEventListener('install', (event) => {
  (event as ExtendableEvent).waitUntil(fill());
});

self.addEventListener('activate', (event) => {
  (event as ExtendableEvent).waitUntil(forgetOthers());
});

self.addEventListener('fetch', (event) => {
  const { request, respondWith } = event as FetchEvent;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate' && url.pathname !== '/wiped') respondWith.call(event, page(request));
  else if (url.pathname === '/config.json') respondWith.call(event, configuration(request));
  else if (shell[url.pathname] !== undefined) respondWith.call(event, asset(url.pathname));
});

/** Every file with the hash it was built with: the browser refuses other bytes (Subresource Integrity). */
async function fill(): Promise<void> {
  const cache = await caches.open(cacheName);
  const files = Object.entries(shell).map(async ([path, integrity]) => {
    const response = await fetch(path, { integrity, cache: 'no-cache', credentials: 'omit' });
    if (!response.ok) throw new TypeError('shell');
    await cache.put(path, response);
  });
  const config = fetch('/config.json', { cache: 'no-cache', credentials: 'omit' }).then((response) =>
    response.ok ? cache.put('/config.json', response) : undefined,
  );
  await Promise.all([...files, config]);
}

async function forgetOthers(): Promise<void> {
  for (const name of await caches.keys()) if (name !== cacheName) await caches.delete(name);
}

/** The newest page where there is a network, the kept one where there is none or it is slow. */
async function page(request: Request): Promise<Response> {
  const kept = await caches.match('/', { cacheName });
  try {
    const signal = AbortSignal.timeout(pageTimeout);
    const fresh = await fetch(request, { signal });
    if (fresh.ok || kept === undefined) return fresh;
  } catch (error) {
    if (kept === undefined) throw error;
  }
  return kept;
}

async function configuration(request: Request): Promise<Response> {
  try {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(pageTimeout) });
    if (fresh.ok) {
      await (await caches.open(cacheName)).put('/config.json', fresh.clone());
      return fresh;
    }
  } catch {
    // Offline: what was kept is good enough to show cards with.
  }
  return (await caches.match('/config.json', { cacheName })) ?? Response.error();
}

async function asset(path: string): Promise<Response> {
  return (await caches.match(path, { cacheName })) ?? fetch(path);
}
