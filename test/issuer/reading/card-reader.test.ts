import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CardReader, createCardReader } from '../../../issuer/reading/index.ts';
import { demoCardPerson, readSpecimen, type SpecimenName } from '../../support/cards/specimens.ts';

const modelDir = mkdtempSync(join(tmpdir(), 'hufu-models-'));
let reader: CardReader;

beforeAll(() => {
  reader = createCardReader({ modelDir, workers: 1 });
});
afterAll(async () => {
  await reader.close();
  rmSync(modelDir, { recursive: true });
});

const flags = ({ quality }: { readonly quality: object }) =>
  Object.entries(quality).flatMap(([name, value]) => (value === true ? [name] : []));

describe('the front', { timeout: 120_000 }, () => {
  const upright: readonly (readonly [SpecimenName, string, number])[] = [
    ['front-clean', 'lin-yizhou', 0],
    ['front-upside-down', 'chen-siyuan', 180],
    ['front-standing', 'wang-jianguo', 90],
    ['front-worn', 'wang-jianguo', 0],
  ];
  it.each(upright)('%s is read whole', async (specimen, slug, orientation) => {
    const reading = await reader.readFront(readSpecimen(specimen));
    const { name, sex, ethnicity, birthdate, address, number } = demoCardPerson(slug);
    expect(flags(reading)).toEqual([]);
    const texts = Object.entries(reading.fields).map(([item, field]) => [item, field.text]);
    expect(Object.fromEntries(texts)).toEqual({ name, sex, ethnicity, birthdate, address, number });
    expect(reading.fields.number?.doubtful).toBe(false);
    expect(reading.orientation).toBe(orientation);
  });

  it('gives the portrait as it is printed', async () => {
    const { portrait } = await reader.readFront(readSpecimen('front-clean'));
    const { format, width = 0, height = 0 } = await sharp(portrait).metadata();
    expect(format).toBe('jpeg');
    expect(height).toBeGreaterThan(width);
  });

  it('a blurred photo says blur, and nothing is made up', async () => {
    const reading = await reader.readFront(readSpecimen('front-blurred'));
    expect(flags(reading)).toContain('blur');
    expect(reading.portrait).toBeUndefined();
    expect(Object.values(reading.fields).every(({ doubtful }) => doubtful)).toBe(true);
  });

  it('a lamp on the card says glare, and what can be read is read', async () => {
    const reading = await reader.readFront(readSpecimen('front-glaring'));
    expect(flags(reading)).toEqual(['glare']);
    expect(reading.fields.number?.text).toBe(demoCardPerson('lin-yizhou').number);
  });

  it('a card far away says too small', async () => {
    expect(flags(await reader.readFront(readSpecimen('front-small')))).toEqual(['tooSmall']);
  });

  it('a back in its place says wrong side', async () => {
    const reading = await reader.readFront(readSpecimen('back-clean'));
    expect(flags(reading)).toEqual(['wrongSide']);
    expect(reading.fields).toEqual({});
  });

  it('a sheet of paper is not a card', async () => {
    const reading = await reader.readFront(readSpecimen('no-card'));
    expect(flags(reading)).toContain('notACard');
    expect(reading.fields).toEqual({});
  });

  it('an even surface has nothing on it that could be a card', async () => {
    const empty = await sharp({ create: { width: 900, height: 700, channels: 3, background: '#7a6a58' } })
      .jpeg()
      .toBuffer();
    const reading = await reader.readFront(empty);
    expect(flags(reading)).toEqual(['notACard']);
    expect(reading.quality.scores.cardWidth).toBe(0);
  });

  it('a number whose birth date was painted over is doubtful, though its check character fits', async () => {
    const patch = await sharp({ create: { width: 190, height: 50, channels: 3, background: '#dfe9f0' } })
      .png()
      .toBuffer();
    const photo = readSpecimen('front-clean');
    const covered = await sharp(photo)
      .composite([{ input: patch, left: 270, top: 340 }])
      .jpeg()
      .toBuffer();
    const { number, birthdate } = (await reader.readFront(covered)).fields;
    expect(number).toMatchObject({ text: demoCardPerson('lin-yizhou').number, doubtful: true });
    expect(birthdate?.doubtful).toBe(true);
  });
});

describe('the back', { timeout: 120_000 }, () => {
  const upright: readonly (readonly [SpecimenName, string, number])[] = [
    ['back-clean', 'lin-yizhou', 0],
    ['back-standing', 'chen-siyuan', 270],
    ['back-long-term', 'wang-jianguo', 0],
  ];
  it.each(upright)('%s is read whole', async (specimen, slug, orientation) => {
    const reading = await reader.readBack(readSpecimen(specimen));
    const { authority, validFrom, validUntil } = demoCardPerson(slug);
    expect(flags(reading)).toEqual([]);
    const texts = Object.entries(reading.fields).map(([item, { text, doubtful }]) => [item, [text, doubtful]]);
    expect(Object.fromEntries(texts)).toEqual({
      authority: [authority, false],
      validFrom: [validFrom, false],
      validUntil: [validUntil, false],
    });
    expect(reading.orientation).toBe(orientation);
  });

  it('a front in its place says wrong side', async () => {
    expect(flags(await reader.readBack(readSpecimen('front-clean')))).toEqual(['wrongSide']);
  });

  it('a sheet of paper is not a card', async () => {
    expect(flags(await reader.readBack(readSpecimen('no-card')))).toContain('notACard');
  });
});

describe('the pool', { timeout: 120_000 }, () => {
  it('the service answers while a photo is read', async () => {
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const started = performance.now();
    await reader.readFront(readSpecimen('front-standing'));
    const took = performance.now() - started;
    clearInterval(timer);
    expect(longest).toBeLessThan(took / 2);
  });

  it('bytes that are no picture cost their reading and nothing else', async () => {
    await expect(reader.readFront(new Uint8Array(64))).rejects.toMatchObject({ code: 'unavailable' });
    expect((await reader.readBack(readSpecimen('back-clean'))).fields.authority?.text).toBe('示例县公安局');
  });

  it('refuses what would wait behind a full queue', async () => {
    const narrow = createCardReader({ modelDir, workers: 1, maxWaiting: 1 });
    const photo = readSpecimen('back-clean');
    const answers = await Promise.allSettled([narrow.readBack(photo), narrow.readBack(photo), narrow.readBack(photo)]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await narrow.close();
  });

  it('gives up a photo over its time, and the next one has a thread again', async () => {
    const hasty = createCardReader({ modelDir, workers: 1, maxSeconds: 0.01 });
    await expect(hasty.readBack(readSpecimen('back-clean'))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(hasty.readBack(readSpecimen('back-clean'))).rejects.toMatchObject({ code: 'unavailable' });
    await hasty.close();
  });

  it('closed: what is under way and what comes after is refused', async () => {
    const closing = createCardReader({ modelDir, workers: 1 });
    const underWay = expect(closing.readBack(readSpecimen('back-clean'))).rejects.toMatchObject({
      code: 'unavailable',
    });
    await closing.close();
    await underWay;
    await expect(closing.readFront(readSpecimen('front-clean'))).rejects.toMatchObject({ code: 'unavailable' });
  });
});
