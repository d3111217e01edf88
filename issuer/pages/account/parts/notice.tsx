import { notice, text } from '../state.ts';

const good: ReadonlySet<string> = new Set(['frozenNow', 'unfrozenNow', 'passkeyAdded', 'contactSaved']);

/** Said aloud by screen readers, whenever it changes. */
export function Notice() {
  const name = notice.value;
  return (
    <div class="notice-place" role="status">
      {name !== undefined && <p class={good.has(name) ? 'notice good' : 'notice'}>{text.value(`notice_${name}`)}</p>}
    </div>
  );
}
