import { signal } from '@preact/signals';

/** Where one is. Ids are random and name nothing; they travel in the history's state and never in an address. */
export type Route =
  | { readonly screen: 'home' }
  | { readonly screen: 'card'; readonly id: string }
  | { readonly screen: 'scan'; readonly camera: boolean }
  | { readonly screen: 'receive' }
  | { readonly screen: 'present' }
  | { readonly screen: 'history' }
  | { readonly screen: 'entry'; readonly id: string }
  | { readonly screen: 'settings' };

const paths: Readonly<Record<Route['screen'], string>> = {
  home: '/',
  card: '/card',
  scan: '/scan',
  receive: '/receive',
  present: '/present',
  history: '/history',
  entry: '/entry',
  settings: '/settings',
};

/** Answered with Clear-Site-Data by the server. */
export const wipedPath = '/wiped';

export const route = signal<Route>({ screen: 'home' });

/** What came with the address: a link that opened the wallet. It is read once and taken out of the address at once. */
export function takeArrival(): string | undefined {
  const { href, search, pathname } = location;
  // What was under way before a reload is not under way any more.
  const restored = routeOf(history.state);
  const lost = restored?.screen === 'receive' || restored?.screen === 'present';
  route.value = restored === undefined || lost ? { screen: screenAt(pathname) } : restored;
  // A reload of the address that wipes would wipe a wallet made since.
  if (pathname === wipedPath) history.replaceState(null, '', paths.home);
  if (search === '') return undefined;
  history.replaceState(history.state, '', pathname);
  return href;
}

export function go(next: Route, options: { readonly replace?: boolean } = {}): void {
  const path = paths[next.screen];
  if (options.replace === true) history.replaceState(next, '', path);
  else history.pushState(next, '', path);
  route.value = next;
}

export function listenToHistory(): void {
  addEventListener('popstate', (event) => {
    route.value = routeOf(event.state) ?? { screen: screenAt(location.pathname) };
  });
}

/** Screens that mean something by themselves; the others need what led to them. */
function screenAt(pathname: string): 'home' | 'history' | 'settings' {
  if (pathname === paths.history) return 'history';
  if (pathname === paths.settings) return 'settings';
  return 'home';
}

function routeOf(state: unknown): Route | undefined {
  if (typeof state !== 'object' || state === null || !('screen' in state)) return undefined;
  const id = 'id' in state && typeof state.id === 'string' ? state.id : undefined;
  switch (state.screen) {
    case 'card':
    case 'entry':
      return id === undefined ? undefined : { screen: state.screen, id };
    case 'home':
    case 'receive':
    case 'present':
    case 'history':
    case 'settings':
      return { screen: state.screen };
    case 'scan':
      return { screen: 'scan', camera: false };
    default:
      return undefined;
  }
}
