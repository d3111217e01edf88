import { notice, text } from '../state.ts';

/** Said aloud by screen readers, whenever it changes. */
export function Notice() {
  const name = notice.value;
  return (
    <div class="notice-place" role="status">
      {name !== undefined && <p class="notice">{text.value(`notice_${name}`)}</p>}
    </div>
  );
}
