import type { Activity } from '../../core/activity.ts';
import { plainText } from '../../core/plain-text.ts';
import type { Entry } from '../../vault/index.ts';
import { activityState, activityTitle } from '../activity-text.ts';
import { keptText } from '../retention-text.ts';
import { go } from '../router.ts';
import { t } from '../strings/index.ts';
import { dateTimeText, timeText } from '../time-text.ts';

/** One line of the log; it opens the record. */
export function ActivityRow(props: { readonly entry: Entry<Activity>; readonly under?: 'day' }) {
  const { id, value } = props.entry;
  const state = activityState(value);
  return (
    <li>
      <button type="button" class="bare row" onClick={() => go({ screen: 'entry', id })}>
        <span class="letter" aria-hidden="true">
          {letterOf(value)}
        </span>
        <span>
          <strong>{activityTitle(value)}</strong>
          <span class="faint block">{detail(value, props.under)}</span>
        </span>
        {state === undefined ? <span /> : <span class={`tag ${state.tone}`}>{state.text}</span>}
      </button>
    </li>
  );
}

function detail(entry: Activity, under: 'day' | undefined): string {
  const parts = [under === 'day' ? timeText(entry.at) : dateTimeText(entry.at)];
  if (entry.kind === 'shown') {
    const count = entry.cards.reduce((sum, card) => sum + card.claims.length, 0);
    parts.push(t('history.items', { count }));
    if (entry.scene !== undefined) parts.push(keptText(entry.scene.retention));
  }
  return parts.filter((part) => part !== '').join(' · ');
}

function letterOf(entry: Activity): string {
  if (entry.kind === 'shown' || entry.kind === 'declined') return [...plainText(entry.party.name)][0] ?? '';
  if (entry.kind === 'received') return '+';
  return entry.kind === 'viewed' ? '·' : '−';
}
