import { render } from 'preact';
import { parseConfiguration } from './core/configuration.ts';
import { App } from './ui/app.tsx';
import { waiting } from './ui/arrival.ts';
import { followSession } from './ui/holdings.ts';
import { applyPreferences } from './ui/preferences.ts';
import { listenToHistory, takeArrival } from './ui/router.ts';
import { configuration, configurationMissing, startSession } from './ui/session.ts';
import { ownScript } from './ui/trusted-script.ts';

/** The wallet's page, put together. */
async function start(): Promise<void> {
  applyPreferences(document.documentElement);
  const arrival = takeArrival();
  if (arrival !== undefined) waiting.value = { text: arrival, entry: 'link' };
  listenToHistory();
  const root = document.getElementById('app');
  if (root === null) throw new TypeError('the page has no place for the wallet');
  render(<App />, root);
  followSession();
  await Promise.all([readConfiguration(), startSession()]);
  // Without a service worker the wallet works all the same, only not without a network.
  await navigator.serviceWorker?.register(ownScript('/sw.js'), { scope: '/' }).catch(() => {});
}

async function readConfiguration(): Promise<void> {
  try {
    const response = await fetch('/config.json', { credentials: 'omit', redirect: 'error' });
    configuration.value = parseConfiguration(await response.text());
  } catch {
    configurationMissing.value = true;
  }
}

void start();
