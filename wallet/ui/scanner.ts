/** Reads QR codes: off the camera, and out of a picture. The decoder is loaded when first needed. */
import { HufuError } from '../../shared/errors.ts';

type Decode = (image: { width: number; height: number; data: Uint8ClampedArray }) => string;

async function loadDecoder(): Promise<Decode> {
  const { decodeQR } = await import('qr/decode.js');
  return (image) => decodeQR(image);
}

const between = 120;
const maxSide = 1280;

/**
 * Shows the camera in `video` and hands each text it reads to `found`, until `signal` ends it. Refused with
 * `camera_unavailable`.
 */
export async function scanCamera(
  video: HTMLVideoElement,
  found: (text: string) => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const stream = await openCamera();
  const stop = () => {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  if (signal.aborted) {
    stop();
    return;
  }
  signal.addEventListener('abort', stop, { once: true });
  video.srcObject = stream;
  await video.play().catch(() => {});
  const decode = await loadDecoder();
  const canvas = document.createElement('canvas');
  while (!signal.aborted) {
    const text = readFrame(video, video.videoWidth, video.videoHeight, canvas, decode);
    if (text !== undefined && (await found(text))) return;
    await new Promise((resolve) => setTimeout(resolve, between));
  }
}

async function openCamera(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
    });
  } catch (cause) {
    throw new HufuError('camera_unavailable', { cause });
  }
}

const maxFileBytes = 8_388_608;
const maxTextBytes = 16_384;

/** The text in a file: a picture with a QR code, or a text file with a link. `undefined` where there is neither. */
export async function readFile(file: Blob): Promise<string | undefined> {
  if (file.size > maxFileBytes) return undefined;
  if (!file.type.startsWith('image/')) return file.size > maxTextBytes ? undefined : (await file.text()).trim();
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return undefined;
  }
  try {
    return readFrame(picture, picture.width, picture.height, document.createElement('canvas'), await loadDecoder());
  } finally {
    picture.close();
  }
}

function readFrame(
  source: CanvasImageSource,
  width: number,
  height: number,
  canvas: HTMLCanvasElement,
  decode: Decode,
): string | undefined {
  if (width === 0 || height === 0) return undefined;
  const scale = Math.min(1, maxSide / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return undefined;
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  try {
    return decode(context.getImageData(0, 0, canvas.width, canvas.height));
  } catch {
    // No code in this picture: the usual case for a camera.
    return undefined;
  }
}
