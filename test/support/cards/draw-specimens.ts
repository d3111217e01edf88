/** `node test/support/cards/draw-specimens.ts`: draws `specimens/` anew. The same bytes on a machine with the same fonts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { drawBack, drawFront } from './draw.ts';
import { type Conditions, photograph } from './photograph.ts';
import { demoCardPerson, type SpecimenName } from './specimens.ts';

const small: Conditions = {
  name: 'specimen',
  width: 1200,
  height: 900,
  cardWidth: 980,
  rotation: [1, 2],
  quarterTurns: 0,
  blur: 0.5,
  noise: 2,
  lamp: 0,
  quality: 68,
};
const standing = { ...small, width: 900, height: 1200, cardWidth: 1000 };

const folder = new URL('specimens/', import.meta.url);
mkdirSync(folder, { recursive: true });

async function front(name: SpecimenName, slug: string, to: Conditions, seed: number): Promise<void> {
  const person = demoCardPerson(slug);
  const portrait = person.picture && (await loadImage(person.picture));
  const photo = await photograph(drawFront(person, seed, portrait), to, seed);
  writeFileSync(new URL(`${name}.jpg`, folder), photo);
}

async function back(name: SpecimenName, slug: string, to: Conditions, seed: number): Promise<void> {
  const photo = await photograph(drawBack(demoCardPerson(slug), seed), to, seed);
  writeFileSync(new URL(`${name}.jpg`, folder), photo);
}

await front('front-clean', 'lin-yizhou', small, 1);
await back('back-clean', 'lin-yizhou', small, 2);
await front('front-upside-down', 'chen-siyuan', { ...small, quarterTurns: 2 }, 3);
await front('front-standing', 'wang-jianguo', { ...standing, quarterTurns: 1 }, 4);
await back('back-standing', 'chen-siyuan', { ...standing, quarterTurns: 3 }, 5);
await front('front-worn', 'wang-jianguo', { ...small, rotation: [4, 5], blur: 1, noise: 7, lamp: 0.5, quality: 50 }, 6);
await front('front-blurred', 'lin-yizhou', { ...small, blur: 7 }, 7);
await front('front-glaring', 'lin-yizhou', { ...small, lamp: 2.2 }, 8);
await front('front-small', 'lin-yizhou', { ...small, cardWidth: 400, rotation: [1, 2] }, 9);
await back('back-long-term', 'wang-jianguo', { ...small, rotation: [3, 4] }, 10);

/** A sheet of lined paper on a table: card-shaped, and no card. */
const sheet = createCanvas(1712, 1080);
const context = sheet.getContext('2d');
context.fillStyle = '#f4f1e6';
context.fillRect(0, 0, 1712, 1080);
context.fillStyle = '#8a8f9c';
for (let y = 120; y < 1080; y += 96) context.fillRect(60, y, 1592, 3);
writeFileSync(new URL('no-card.jpg', folder), await photograph(sheet, small, 11));
