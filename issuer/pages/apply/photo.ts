/** Photos as the issuer takes them: JPEG or PNG, not over 8 MB. */
import { ApiError } from './api.ts';

const maxBytes = 6 * 1024 * 1024;
const longSide = 2400;

/** As it is where that will do; else drawn anew as a smaller JPEG. Refused: `image_invalid`. */
export async function photoOf(picture: Blob): Promise<Blob> {
  if (['image/jpeg', 'image/png'].includes(picture.type) && picture.size <= maxBytes) return picture;
  const bitmap = await createImageBitmap(picture).catch(() => undefined);
  if (bitmap === undefined) throw new ApiError('image_invalid');
  const scale = Math.min(1, longSide / Math.max(bitmap.width, bitmap.height));
  const jpeg = await drawn(bitmap, { width: bitmap.width * scale, height: bitmap.height * scale });
  bitmap.close();
  return jpeg;
}

/** What the camera shows now. */
export function stillOf(video: HTMLVideoElement, maxSide: number = longSide): Promise<Blob> {
  const scale = Math.min(1, maxSide / Math.max(video.videoWidth, video.videoHeight));
  return drawn(video, { width: video.videoWidth * scale, height: video.videoHeight * scale });
}

function drawn(source: CanvasImageSource, size: { readonly width: number; readonly height: number }): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(size.width);
  canvas.height = Math.round(size.height);
  canvas.getContext('2d')?.drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(new ApiError('image_invalid')) : resolve(blob)),
      'image/jpeg',
      0.92,
    );
  });
}
