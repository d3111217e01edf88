import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Long enough to see what one is about to agree to, and to spoil a click that was meant for something else (NC-130). */
export const approveDelay = 500;

/**
 * A button that is deaf for half a second after it was painted, and again whenever the page comes back into view: a
 * click prepared before the sheet appeared, or stolen by a window on top, does nothing.
 */
export function ApproveButton(props: {
  readonly onApprove: () => void;
  readonly disabled?: boolean;
  readonly children: ComponentChildren;
}) {
  const readyAt = useRef(Number.POSITIVE_INFINITY);
  const [ready, setReady] = useState(false);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let frame = 0;
    const arm = () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      readyAt.current = Number.POSITIVE_INFINITY;
      setReady(false);
      if (document.visibilityState !== 'visible') return;
      // Two frames: the first is being prepared, after the second it has been painted.
      frame = requestAnimationFrame(() => {
        frame = requestAnimationFrame(() => {
          readyAt.current = performance.now() + approveDelay;
          timer = setTimeout(() => setReady(true), approveDelay);
        });
      });
    };
    arm();
    document.addEventListener('visibilitychange', arm);
    addEventListener('focus', arm);
    return () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      document.removeEventListener('visibilitychange', arm);
      removeEventListener('focus', arm);
    };
  }, []);

  const approve = (event: MouseEvent) => {
    if (event.isTrusted && performance.now() >= readyAt.current && props.disabled !== true) props.onApprove();
  };
  return (
    <button type="button" class="approve" data-ready={ready} disabled={props.disabled === true} onClick={approve}>
      {props.children}
    </button>
  );
}
