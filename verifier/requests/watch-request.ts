import type { EventSender } from '../../shared/server/routes.ts';
import type { RequestDeps } from './deps.ts';
import { type RequestStatus, readStatus } from './read-request.ts';

/** Milliseconds after which a stream looks by itself: another process may have taken the answer, or time ran out. */
const lookEvery = 2_000;

const final: ReadonlySet<RequestStatus> = new Set([
  'refused',
  'declined',
  'expired',
  'cancelled',
  'completed',
  'rejected',
]);

/**
 * A stream of `status` events; ends with the request, or with the reader's right to it. Only the word travels: who
 * wants more reads the request.
 */
export function watchRequest(
  deps: RequestDeps,
  request: {
    readonly id: string;
    readonly owner: string;
    /** Throws once the reader may not read any more: signed out, asleep, token withdrawn. */
    readonly checkReader: () => Promise<unknown>;
  },
): (sender: EventSender) => () => void {
  return (sender) => {
    let last: RequestStatus | undefined;
    let isLooking = false;

    async function look(): Promise<void> {
      if (isLooking) return;
      isLooking = true;
      try {
        await request.checkReader();
        const status = await readStatus(deps, request.owner, request.id);
        if (status !== undefined && status !== last) sender.send('status', { status });
        last = status;
        if (status === undefined || final.has(status)) sender.end();
      } catch {
        // A reader who may comes back by itself, as event streams do.
        sender.end();
      } finally {
        isLooking = false;
      }
    }

    const timer = setInterval(() => void look(), lookEvery);
    const unwatch = deps.changes.watch(request.id, () => void look());
    void look();
    return () => {
      clearInterval(timer);
      unwatch();
    };
  };
}
