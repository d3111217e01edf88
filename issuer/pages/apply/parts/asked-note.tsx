import { application, text } from '../state.ts';
import { whyText } from '../why.ts';

/** What a person of ours asked for, while it is the applicant's turn again. */
export function AskedNote() {
  const t = text.value;
  const now = application.value;
  if (now?.state !== 'asked') return null;
  return (
    <section class="surface stack asked">
      <h2>{t('askedTitle')}</h2>
      <p>{whyText(now.reason)}</p>
      {now.note !== null && <p>{t('askedNote', { note: now.note })}</p>}
    </section>
  );
}
