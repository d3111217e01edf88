import { useSignal, useSignalEffect } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { takeLink, waiting } from './arrival.ts';
import { cards, damaged } from './holdings.ts';
import { IconCards, IconHistory, IconSettings } from './parts/icons.tsx';
import { PassphraseDialog } from './parts/passphrase-dialog.tsx';
import { Screen, Working } from './parts/screen.tsx';
import { WipeButton } from './parts/wipe-button.tsx';
import { language, largeType, setLanguage, setLargeType } from './preferences.ts';
import { receiveStep } from './receive-flow.ts';
import { go, type Route, route } from './router.ts';
import { Home } from './screens/home.tsx';
import { Unlock } from './screens/unlock.tsx';
import { Welcome } from './screens/welcome.tsx';
import { configuration, configurationMissing, idleLocks, session } from './session.ts';
import { showStep } from './show-flow.ts';
import { type StringKey, t } from './strings/index.ts';

export function App() {
  // A link that opened the wallet waits for it to be open.
  useSignalEffect(() => {
    const arrival = waiting.value;
    if (arrival === undefined || session.value !== 'open' || cards.value === undefined) return;
    waiting.value = undefined;
    takeLink(arrival).catch(() => {
      receiveStep.value = { name: 'failed', code: 'link_invalid' };
      go({ screen: 'receive' }, { replace: true });
    });
  });
  useSignalEffect(() => {
    if (idleLocks.value === 0) return;
    receiveStep.value = undefined;
    showStep.value = undefined;
  });
  const open = session.value === 'open' && !damaged.value;
  return (
    <>
      <a class="skip" href="#content">
        {t('app.skip')}
      </a>
      {open ? null : <ReadingBar />}
      <Body />
      {open && hasMenu(route.value) ? <Menu /> : null}
      <PassphraseDialog />
    </>
  );
}

function Body() {
  if (configurationMissing.value) {
    return <Message text={t('app.noConfiguration')} />;
  }
  switch (configuration.value === undefined ? 'starting' : session.value) {
    case 'starting':
      return (
        <Screen title={t('app.name')}>
          <Working text={t('app.loading')} />
        </Screen>
      );
    case 'unsupported':
      return <Message text={t('app.unsupported')} />;
    case 'empty':
      return <Welcome />;
    case 'locked':
      return <Unlock />;
    case 'open':
      return damaged.value ? <Damaged /> : <Opened route={route.value} />;
  }
}

function Message(props: { readonly text: string }) {
  return (
    <Screen title={t('app.name')}>
      <p class="lead" role="alert">
        {props.text}
      </p>
    </Screen>
  );
}

function Damaged() {
  return (
    <Screen title={t('app.name')}>
      <p class="lead" role="alert">
        {t('app.damaged')}
      </p>
      <WipeButton label={t('settings.wipe')} />
    </Screen>
  );
}

function Opened({ route: current }: { readonly route: Route }) {
  switch (current.screen) {
    case 'home':
      return <Home />;
    case 'card':
      return <Later load={loadCard} props={{ id: current.id }} />;
    case 'scan':
      return <Later load={loadScan} props={{ camera: current.camera }} />;
    case 'receive':
      return <Later load={loadReceive} props={{}} />;
    case 'present':
      return <Later load={loadShow} props={{}} />;
    case 'history':
      return <Later load={loadHistory} props={{}} />;
    case 'entry':
      return <Later load={loadEntry} props={{ id: current.id }} />;
    case 'settings':
      return <Later load={loadSettings} props={{}} />;
  }
}

const loadCard = async () => (await import('./screens/card.tsx')).CardScreen;
const loadScan = async () => (await import('./screens/scan.tsx')).Scan;
const loadReceive = async () => (await import('./screens/receive.tsx')).Receive;
const loadShow = async () => (await import('./screens/show.tsx')).Show;
const loadHistory = async () => (await import('./screens/history.tsx')).History;
const loadEntry = async () => (await import('./screens/entry.tsx')).EntryScreen;
const loadSettings = async () => (await import('./screens/settings.tsx')).Settings;

const loaded = new Map<unknown, unknown>();

/** A screen that is fetched when it is first gone to; afterwards it is there at once. */
function Later<P extends object>(options: { readonly load: () => Promise<ComponentType<P>>; readonly props: P }) {
  const { load, props } = options;
  const revision = useSignal(0);
  const Component = loaded.get(load) as ComponentType<P> | undefined;
  useEffect(() => {
    if (loaded.has(load)) return;
    void load().then((component) => {
      loaded.set(load, component);
      revision.value += 1;
    });
  }, [load]);
  // Read, so that this is drawn again when the screen has arrived.
  void revision.value;
  if (Component === undefined) {
    return (
      <main id="content">
        <Working text={t('app.loading')} />
      </main>
    );
  }
  return <Component {...props} />;
}

/** Language and size, for whoever has not got in yet. */
function ReadingBar() {
  return (
    <header class="reading-bar">
      <button
        type="button"
        class="link"
        lang={language.value === 'en' ? 'zh-Hans' : 'en'}
        onClick={() => setLanguage(language.value === 'en' ? 'zh-Hans' : 'en')}
      >
        {t('action.language')}
      </button>
      <button type="button" class="link" onClick={() => setLargeType(!largeType.value)}>
        {largeType.value ? t('action.normalType') : t('action.largeType')}
      </button>
    </header>
  );
}

/** While something is being decided there is one way on and one way out, and no menu beside them. */
function hasMenu(current: Route): boolean {
  if (current.screen === 'receive') return receiveStep.value === undefined;
  if (current.screen === 'present') return showStep.value === undefined;
  return true;
}

const entries = [
  { screen: 'home', key: 'nav.home', Icon: IconCards },
  { screen: 'history', key: 'nav.history', Icon: IconHistory },
  { screen: 'settings', key: 'nav.settings', Icon: IconSettings },
] as const satisfies readonly { screen: Route['screen']; key: StringKey; Icon: ComponentType }[];

function Menu() {
  const current = route.value.screen;
  return (
    <nav aria-label={t('nav.label')}>
      <ul>
        {entries.map(({ screen, key, Icon }) => (
          <li key={screen}>
            <button
              type="button"
              class="bare"
              aria-current={current === screen ? 'page' : undefined}
              onClick={() => go({ screen })}
            >
              <Icon />
              {t(key)}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
