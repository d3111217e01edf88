import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type Code, codeOf } from '../../../shared/errors.ts';
import { type Entry, isWalletLink, takeLink } from '../arrival.ts';
import { errorText } from '../error-text.ts';
import { IconScan } from '../parts/icons.tsx';
import { Fault, Screen } from '../parts/screen.tsx';
import { go } from '../router.ts';
import { readFile, scanCamera } from '../scanner.ts';
import { t } from '../strings/index.ts';

/** One scanner for everything: it finds out by itself whether a code offers a card or asks for one. */
export function Scan(props: { readonly camera: boolean }) {
  const camera = useSignal(props.camera);
  const fault = useSignal<Code | 'nothing' | undefined>(undefined);

  const take = async (text: string, entry: Entry) => {
    fault.value = undefined;
    try {
      await takeLink({ text, entry });
    } catch (error) {
      fault.value = codeOf(error);
    }
  };

  return (
    <Screen title={props.camera ? t('scan.title') : t('scan.addTitle')} back={() => go({ screen: 'home' })}>
      {camera.value ? (
        <Viewfinder
          onFound={(text) => void take(text, 'scan')}
          onFault={(code) => {
            camera.value = false;
            fault.value = code;
          }}
        />
      ) : (
        <button
          type="button"
          class="wide"
          onClick={() => {
            fault.value = undefined;
            camera.value = true;
          }}
        >
          <IconScan />
          {t('scan.openCamera')}
        </button>
      )}
      {fault.value === undefined ? null : (
        <Fault text={fault.value === 'nothing' ? t('scan.fileNothing') : errorText(fault.value)} />
      )}
      {camera.value ? <h2>{t('scan.otherWays')}</h2> : null}
      <PasteForm onText={(text) => void take(text, 'paste')} />
      <FileField
        onText={(text) => {
          if (text === undefined || text === '') fault.value = 'nothing';
          else void take(text, 'file');
        }}
      />
    </Screen>
  );
}

function Viewfinder(props: { readonly onFound: (text: string) => void; readonly onFault: (code: Code) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const ended = new AbortController();
    const element = video.current;
    if (element === null) return undefined;
    const found = async (text: string) => {
      if (ended.signal.aborted || !(await isWalletLink(text))) return false;
      ended.abort();
      props.onFound(text);
      return true;
    };
    scanCamera(element, found, ended.signal).catch((error: unknown) => {
      if (!ended.signal.aborted) props.onFault(codeOf(error));
    });
    return () => ended.abort();
  }, []);
  return (
    <div class="viewfinder">
      <video ref={video} muted playsInline aria-label={t('scan.video')} />
      <span class="frame" aria-hidden="true" />
      <p class="viewfinder-text" role="status">
        {t('scan.lead')}
      </p>
    </div>
  );
}

function PasteForm(props: { readonly onText: (text: string) => void }) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const text = String(new FormData(event.currentTarget).get('link') ?? '').trim();
    if (text !== '') props.onText(text);
  };
  return (
    <form class="surface form" onSubmit={submit}>
      <label class="field">
        {t('scan.paste')}
        <textarea name="link" rows={3} autocomplete="off" spellcheck={false} aria-describedby="paste-hint" />
      </label>
      <p id="paste-hint" class="faint">
        {t('scan.pasteHint')}
      </p>
      <button type="submit" class="quiet">
        {t('scan.pasteGo')}
      </button>
    </form>
  );
}

function FileField(props: { readonly onText: (text: string | undefined) => void }) {
  const read = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (file === undefined) return;
    props.onText(await readFile(file));
    input.value = '';
  };
  return (
    <div class="surface form">
      <label class="button quiet file">
        {t('scan.file')}
        <input
          type="file"
          accept="image/*,.txt,text/plain"
          aria-describedby="file-hint"
          onChange={(event) => void read(event.currentTarget)}
        />
      </label>
      <p id="file-hint" class="faint">
        {t('scan.fileHint')}
      </p>
    </div>
  );
}
