import { showAgain, start } from '../actions.ts';
import { guest, guests, isBusy, isDemo, isPaused, room, secondsLeft, shown, text, view } from '../state.ts';
import { CancelButton, WhichGuest } from './guest-line.tsx';
import { MatchForm } from './match-form.tsx';
import { QrCode } from './qr-code.tsx';

/** Left side: whom we ask, the code, the match number. */
export function AskPanel() {
  const status = view.value?.status;
  if (shown.value === undefined) return <NewGuest />;
  if (status === undefined || status === 'waiting' || status === 'undetermined') return <ShowCode />;
  if (status === 'scanned') return <Scanned />;
  if (status === 'match') return <MatchForm />;
  return <Decided />;
}

function NewGuest() {
  const t = text.value;
  return (
    <section class="surface ask" aria-labelledby="ask-title">
      <h2 id="ask-title">{t('newTitle')}</h2>
      <form
        class="stack wide"
        onSubmit={(event) => {
          event.preventDefault();
          guest.value = 1;
          void start();
        }}
      >
        <label for="room">{t('room')}</label>
        <input
          id="room"
          class="big"
          autocomplete="off"
          required
          maxLength={16}
          pattern="[\p{L}\p{N}][\p{L}\p{N} \-]*"
          placeholder={t('roomHint')}
          value={room.value}
          onInput={(event) => (room.value = event.currentTarget.value)}
        />
        <fieldset class="counter">
          <legend>{t('guests')}</legend>
          <button
            type="button"
            class="quiet"
            aria-label={t('guestsFewer')}
            disabled={guests.value <= 1}
            onClick={() => (guests.value -= 1)}
          >
            −
          </button>
          <output class="num" aria-live="polite">
            {guests.value}
          </output>
          <button
            type="button"
            class="quiet"
            aria-label={t('guestsMore')}
            disabled={guests.value >= 9}
            onClick={() => (guests.value += 1)}
          >
            +
          </button>
        </fieldset>
        <button type="submit" disabled={isBusy.value}>
          {t('showCode')}
        </button>
      </form>
    </section>
  );
}

function ShowCode() {
  const t = text.value;
  return (
    <section class="surface ask" aria-labelledby="ask-title">
      <h2 id="ask-title">{t('scanTitle')}</h2>
      {shown.value?.qr ? (
        <QrCode text={shown.value.qr} label={t('qrLabel')} isDim={isPaused.value} />
      ) : (
        <div class="qr" />
      )}
      {isPaused.value ? (
        <>
          <p class="soft">{t('qrPaused')}</p>
          <button type="button" onClick={() => void showAgain()}>
            {t('qrResume')}
          </button>
        </>
      ) : (
        <p class="soft num" aria-hidden="true">
          {t('qrRenews', { seconds: secondsLeft.value })}
        </p>
      )}
      {!isPaused.value && <SameDevice />}
      <WhichGuest />
      <CancelButton />
    </section>
  );
}

/** Demo only: whoever tries this on one computer has no camera that sees its screen. */
function SameDevice() {
  const t = text.value;
  const link = shown.value?.sameDeviceLink ?? '';
  if (!isDemo.value || link === '') return null;
  return (
    <div class="stack">
      <a class="button quiet" href={link} target="_blank" rel="noreferrer">
        {t('sameDevice')}
      </a>
      <p class="faint">{t('sameDeviceHint')}</p>
    </div>
  );
}

function Scanned() {
  const t = text.value;
  return (
    <section class="surface ask" aria-labelledby="ask-title">
      <h2 id="ask-title">{t('scannedTitle')}</h2>
      <Phone />
      <p>{t('scannedHint')}</p>
      <WhichGuest />
      <div class="row">
        <button type="button" class="quiet" disabled={isBusy.value} onClick={() => void showAgain()}>
          {t('scannedAgain')}
        </button>
        <CancelButton />
      </div>
    </section>
  );
}

/** The answer is in: this side only says which guest it was. */
function Decided() {
  const t = text.value;
  const isMatched = view.value?.status === 'accepted' || view.value?.status === 'completed';
  return (
    <section class="surface ask decided" aria-labelledby="ask-title">
      <h2 id="ask-title">{t('whichGuest', { room: room.value, guest: guest.value, guests: guests.value })}</h2>
      {isMatched && <p class="tag good">✓ {t('matched')}</p>}
      {view.value?.status === 'accepted' && <CancelButton />}
    </section>
  );
}

function Phone() {
  return (
    <svg class="phone" viewBox="0 0 48 72" aria-hidden="true">
      <rect x="4" y="2" width="40" height="68" rx="8" />
      <path d="M15 36l6 6 12-13" />
    </svg>
  );
}
