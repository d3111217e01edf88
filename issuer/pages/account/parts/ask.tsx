import { useEffect, useRef } from 'preact/hooks';
import { question, text } from '../state.ts';

/** One question before something that is not taken back lightly; Escape means no. */
export function Ask() {
  const t = text.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const asked = question.value;
  useEffect(() => {
    if (asked !== undefined) dialog.current?.showModal();
  }, [asked]);
  if (asked === undefined) return null;
  const close = () => (question.value = undefined);
  return (
    <dialog ref={dialog} class="surface" aria-labelledby="ask-title" onClose={close}>
      <h2 id="ask-title">{asked.title}</h2>
      <p>{asked.body}</p>
      <div class="row">
        <button
          type="button"
          class="danger"
          onClick={() => {
            close();
            void asked.run();
          }}
        >
          {asked.confirm}
        </button>
        <button type="button" class="quiet" onClick={close}>
          {t('cancel')}
        </button>
      </div>
    </dialog>
  );
}
