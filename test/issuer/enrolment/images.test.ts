import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createImageIntake, maxImageBytes } from '../../../issuer/enrolment/images.ts';
import { HufuError } from '../../../shared/errors.ts';
import { type EnrolmentWorld, type Holder, picture, startEnrolmentWorld } from './enrolment-world.ts';

let world: EnrolmentWorld;
let holder: Holder;
let good: Uint8Array;
beforeAll(async () => {
  world = await startEnrolmentWorld();
  holder = await world.holder();
  await holder.post('application', {});
  await holder.post('consent', { notice: '2026-1', way: 'person', face: false });
  good = await picture('good');
});
afterAll(() => world.close());

const rows = async () => {
  const { kysely } = world.issuer.db;
  const [evidence, keys, versions] = await Promise.all([
    kysely.selectFrom('application_evidence').selectAll().execute(),
    kysely.selectFrom('data_key').select('row_id').execute(),
    kysely.selectFrom('application').select(['id', 'version']).execute(),
  ]);
  return JSON.stringify([evidence, keys, versions]);
};

/** Nothing stored beyond one audit entry; the honest photo passes right after. */
async function refused(bytes: Uint8Array, status: number, type = 'image/jpeg') {
  const before = await rows();
  const audit = (await world.issuer.audit()).length;
  const answer = await holder.photo('front', bytes, type);
  expect(answer.status).toBe(status);
  expect(await rows()).toBe(before);
  const added = (await world.issuer.audit()).slice(audit);
  expect(added.length).toBeLessThanOrEqual(1);
  for (const entry of added) expect(entry).toMatchObject({ action: 'request.refuse', outcome: 'refused' });
  return answer;
}

/** A PNG header that promises a picture of this size, and the beginning of one. */
function pngOf(width: number, height: number, depth = 8): Uint8Array {
  const bytes = new Uint8Array(5_000);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x89504e47);
  view.setUint32(4, 0x0d0a1a0a);
  view.setUint32(8, 13);
  view.setUint32(12, 0x49484452);
  view.setUint32(16, width);
  view.setUint32(20, height);
  bytes.set([depth, 2, 0, 0, 0], 24);
  view.setUint32(33, 4_000);
  view.setUint32(37, 0x49444154);
  return bytes;
}

it('nc-063 64,250 pixels a side in 5 kB are refused by the header', async () => {
  const started = performance.now();
  const rss = process.memoryUsage.rss();
  await refused(pngOf(64_250, 64_250), 413, 'image/png');
  await refused(pngOf(10_000, 4_001), 413, 'image/png');
  await refused(pngOf(20_001, 200), 413, 'image/png');
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(process.memoryUsage.rss() - rss).toBeLessThan(500e6);
});

it('nc-063 too many bytes, none, too few', async () => {
  const large = new Uint8Array(maxImageBytes + 1);
  large.set(good);
  await refused(large, 413);
  await refused(new Uint8Array(0), 400);
  await refused(good.slice(0, 20), 415);
  expect((await holder.photo('front', good)).status).toBe(200);
});

it('nc-063 a photo that ends in the middle is refused, at any place', async () => {
  for (const part of [0.1, 0.3, 0.5, 0.9]) await refused(good.slice(0, Math.floor(good.length * part)), 415);
});

it('nc-063 CMYK, 16 bits, animated, too small', async () => {
  const raw = { create: { width: 300, height: 300, channels: 3 as const, background: '#456' } };
  const cmyk = await sharp(raw).toColourspace('cmyk').jpeg().toBuffer();
  await refused(cmyk, 415);
  const deep = await sharp(raw).toColourspace('rgb16').png().toBuffer();
  await refused(deep, 415, 'image/png');
  const png = await sharp(raw).png().toBuffer();
  expect((await holder.photo('front', png, 'image/png')).status).toBe(200);
  const animation = Buffer.concat([png.subarray(0, 33), chunk('acTL', new Uint8Array(8)), png.subarray(33)]);
  await refused(animation, 415, 'image/png');
  const small = await sharp({ create: { ...raw.create, height: 199 } })
    .jpeg()
    .toBuffer();
  await refused(small, 413);
});

it('nc-063 twenty photos at once are all judged, and memory stays', { timeout: 60_000 }, async () => {
  const large = new Uint8Array(
    await sharp({ create: { width: 7_000, height: 5_000, channels: 3, background: '#789' } })
      .jpeg()
      .toBuffer(),
  );
  const intake = createImageIntake({ atOnce: 2 });
  const rss = process.memoryUsage.rss();
  const options = { mediaType: 'image/jpeg', longSide: 2400 };
  const all = await Promise.all(Array.from({ length: 20 }, () => intake.clean(large, options)));
  expect(new Set(all.map(({ width, height }) => `${width} ${height}`))).toEqual(new Set(['2400 1714']));
  expect(process.memoryUsage.rss() - rss).toBeLessThan(500e6);
  // A turn that ended badly is given back.
  const broken = large.slice(0, large.length / 2);
  const failed = await Promise.allSettled(Array.from({ length: 4 }, () => intake.clean(broken, options)));
  expect(failed.every(({ status }) => status === 'rejected')).toBe(true);
  expect((await intake.clean(good, options)).width).toBe(640);
});

it.each([
  ['HTML', '<!doctype html><script>alert(1)</script>'],
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
  ['PDF', '%PDF-1.7 1 0 obj <</Type/Catalog>> endobj'],
  ['JS', 'fetch("/account/api/holdings").then(alert)'],
  ['ZIP', 'PK\u0003\u0004 and so on'],
  ['GIF', 'GIF89a and so on'],
])('nc-064 %s under the name of a photo is 415', async (_what, text) => {
  const bytes = new Uint8Array(Buffer.from(text.padEnd(400, ' ')));
  await refused(bytes, 415);
  await refused(bytes, 415, 'image/png');
  expect((await holder.photo('front', good)).status).toBe(200);
});

it('nc-064 the bytes decide: a PNG that is called JPEG is 415', async () => {
  const png = await sharp(good).png().toBuffer();
  await refused(png, 415, 'image/jpeg');
  await refused(good, 415, 'image/png');
  await refused(good, 415, 'text/html');
});

it('nc-064 what hides in or behind a photo does not survive, and what is served back cannot run', async () => {
  const script = '<script>alert(document.cookie)</script>';
  const marked = await sharp(good)
    .withExif({ IFD0: { ImageDescription: script, Copyright: 'hufu-canary-gps' } })
    .toBuffer();
  const comment = Buffer.concat([
    marked.subarray(0, 2),
    Buffer.from([0xff, 0xfe, 0, script.length + 2]),
    Buffer.from(script),
    marked.subarray(2),
    Buffer.from(`PK\u0003\u0004${script}`),
  ]);
  expect((await holder.photo('front', new Uint8Array(comment))).status).toBe(200);
  const back = await holder.get('evidence/front');
  expect(back.status).toBe(200);
  expect(back.headers.get('content-type')).toBe('image/jpeg');
  expect(back.headers.get('x-content-type-options')).toBe('nosniff');
  expect(back.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
  expect(back.headers.get('content-disposition')).toContain('attachment');
  expect(Buffer.from(back.bytes).includes('script')).toBe(false);
  expect(Buffer.from(back.bytes).includes('canary')).toBe(false);
  expect((await sharp(back.bytes).metadata()).exif).toBeUndefined();
});

it('a photo that lies on its side is turned upright, and a large one made smaller', async () => {
  const intake = createImageIntake({ atOnce: 1 });
  const turned = await sharp({ create: { width: 4_000, height: 3_000, channels: 3, background: '#345' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  const { width, height } = await intake.clean(turned, { mediaType: 'image/jpeg', longSide: 2400 });
  expect([width, height]).toEqual([1800, 2400]);
});

it('a header of every length is judged without a fault of ours', async () => {
  const intake = createImageIntake({ atOnce: 1 });
  for (const whole of [good, pngOf(400, 400)]) {
    for (let length = 0; length < 700; length += 7) {
      const mediaType = whole === good ? 'image/jpeg' : 'image/png';
      const cut = intake.clean(whole.slice(0, length), { mediaType, longSide: 2400 });
      await expect(cut).rejects.toBeInstanceOf(HufuError);
    }
  }
});

function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  new DataView(bytes.buffer).setUint32(0, data.length);
  bytes.set(Buffer.from(name), 4);
  bytes.set(data, 8);
  return bytes;
}
