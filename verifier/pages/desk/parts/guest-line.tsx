import { cancel } from '../actions.ts';
import { guest, guests, room, text } from '../state.ts';

export function WhichGuest() {
  return <p class="soft">{text.value('whichGuest', { room: room.value, guest: guest.value, guests: guests.value })}</p>;
}

export function CancelButton() {
  return (
    <button type="button" class="quiet" onClick={() => void cancel()}>
      {text.value('cancel')}
    </button>
  );
}
