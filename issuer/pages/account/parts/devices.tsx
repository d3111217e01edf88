import { addPasskey, endSession, removePasskey, removeWallet } from '../actions.ts';
import { devices, isBusy, question, text, when } from '../state.ts';
import { deviceName } from '../words.ts';
import { CredentialLine } from './overview.tsx';

export function DevicesTab() {
  const t = text.value;
  const found = devices.value;
  if (found === undefined) return null;
  return (
    <main>
      <h1 class="sr-only">{t('tab_devices')}</h1>
      <section class="surface stack" aria-labelledby="passkeys">
        <h2 id="passkeys">{t('passkeys')}</h2>
        <p class="soft">{t('passkeysHint')}</p>
        <ul class="rows">
          {found.passkeys.map((row) => (
            <li key={row.id} class="line">
              <div>
                <strong>{deviceName(row.agent)}</strong>
                <p class="faint">
                  {[
                    t('madeAt', { time: when(row.created_at) }),
                    ...(row.synced ? [t('synced')] : []),
                    ...(row.current ? [t('thisOne')] : []),
                  ].join(' · ')}
                </p>
              </div>
              {found.passkeys.length > 1 && (
                <button
                  type="button"
                  class="danger"
                  disabled={isBusy.value}
                  aria-label={`${t('remove')}: ${deviceName(row.agent)}, ${when(row.created_at)}`}
                  onClick={() => {
                    const run = () => removePasskey(row.id);
                    question.value = { title: t('sure'), body: t('removePasskeySure'), confirm: t('remove'), run };
                  }}
                >
                  {t('remove')}
                </button>
              )}
            </li>
          ))}
        </ul>
        <button type="button" class="quiet" disabled={isBusy.value} onClick={() => void addPasskey()}>
          {t('passkeyAdd')}
        </button>
      </section>
      <section class="surface stack" aria-labelledby="sessions">
        <h2 id="sessions">{t('sessions')}</h2>
        <ul class="rows">
          {found.sessions.map((row) => (
            <li key={row.id} class="line">
              <div>
                <strong>{deviceName(row.agent)}</strong>
                <p class="faint">
                  {t('seenAt', { time: when(row.seen_at) })} · {t('network', { name: row.network })}
                </p>
              </div>
              {row.current ? (
                <span class="tag good">{t('thisOne')}</span>
              ) : (
                <button
                  type="button"
                  class="danger"
                  disabled={isBusy.value}
                  aria-label={`${t('endSession')}: ${deviceName(row.agent)}, ${when(row.seen_at)}`}
                  onClick={() => void endSession(row.id)}
                >
                  {t('endSession')}
                </button>
              )}
            </li>
          ))}
        </ul>
      </section>
      <section class="surface stack" aria-labelledby="wallets">
        <h2 id="wallets">{t('wallets')}</h2>
        <p class="soft">{found.wallets.length === 0 ? t('noWallets') : t('walletsHint')}</p>
        <ul class="rows">
          {found.wallets.map((row) => (
            <li key={row.id} class="stack">
              {row.credentials.map((credential) => (
                <CredentialLine key={credential.id} row={credential} />
              ))}
              <button
                type="button"
                class="danger"
                disabled={isBusy.value}
                aria-label={`${t('walletRemove')}: ${t('walletSince', { time: when(row.since) })}`}
                onClick={() => {
                  const run = () => removeWallet(row.id);
                  question.value = { title: t('sure'), body: t('removeWalletSure'), confirm: t('walletRemove'), run };
                }}
              >
                {t('walletRemove')}
              </button>
            </li>
          ))}
        </ul>
      </section>
    </main>
  );
}
