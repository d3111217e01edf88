import { notice, text } from '../state.ts';

/** What did not work, said once and at once. */
export function Notice() {
  return (
    <div role="alert" class="notice-place">
      {notice.value !== undefined && <p class="notice">{text.value(notice.value)}</p>}
    </div>
  );
}
