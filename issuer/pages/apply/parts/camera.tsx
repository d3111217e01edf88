import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { notice } from '../state.ts';

/** The camera while this is shown; it is off as soon as it is not. */
export function useCamera(facingMode: 'environment' | 'user', onAway: () => void): RefObject<HTMLVideoElement | null> {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let isGone = false;
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    async function start(): Promise<void> {
      try {
        stream = await navigator.mediaDevices.getUserMedia({
          video: { facingMode, width: { ideal: 1920 }, height: { ideal: 1080 } },
          audio: false,
        });
        if (isGone || video.current === null) return stop();
        video.current.srcObject = stream;
        await video.current.play();
      } catch {
        if (isGone) return;
        notice.value = 'cameraAway';
        onAway();
      }
    }
    void start();
    return () => {
      isGone = true;
      stop();
    };
  }, [facingMode]);
  return video;
}
