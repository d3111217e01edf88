/**
 * Synthetic cards, 20 pixels to the millimetre: the items of a resident identity card where they are printed, a
 * procedural portrait, no security feature, and 样张 (specimen) on both sides.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Canvas, createCanvas, GlobalFonts, type Image, type SKRSContext2D } from '@napi-rs/canvas';
import type { CardPerson } from './people.ts';
import { createDice, type Dice } from './random.ts';

export const cardPixels = { width: 1712, height: 1080 } as const;
const { width, height } = cardPixels;

const ink = '#161616';
const blue = '#3f78a8';

/** Noto Sans SC out of the registry package, so that every machine draws the same; rarer characters may fall back. */
const textFont = 'CardText';
const packaged = createRequire(import.meta.url).resolve('@fontsource/noto-sans-sc/package.json');
GlobalFonts.registerFromPath(
  join(dirname(packaged), 'files', 'noto-sans-sc-chinese-simplified-400-normal.woff2'),
  textFont,
);
/** The real number is printed in a face for machines; this is the nearest a bare machine has. */
const numberFont = ['OCR-B', 'OCRB', 'DejaVu Sans Mono'].find((name) => GlobalFonts.has(name)) ?? textFont;

/** Which fonts the cards are drawn with on this machine: a figure measured on them says so. */
export const cardFonts = { text: 'Noto Sans SC (@fontsource)', number: numberFont } as const;

interface Pen {
  label(text: string, x: number, y: number, size?: number): void;
  value(text: string, x: number, y: number, size?: number): void;
}

function penOn(context: SKRSContext2D): Pen {
  const write =
    (style: string) =>
    (text: string, x: number, y: number, size = 58) => {
      context.fillStyle = style;
      context.font = `${size}px "${textFont}"`;
      context.fillText(text, x, y);
    };
  context.textBaseline = 'middle';
  return { label: write(blue), value: write(ink) };
}

/** `portrait`: a picture of somebody; without one, a face is drawn. */
export function drawFront(person: CardPerson, seed: number, portrait?: Image): Canvas {
  const { canvas, context, dice } = blank(seed, '#e6f1f7', '#d8e6ee');
  const pen = penOn(context);
  const [year = '', month = '', day = ''] = person.birthdate.split('-').map((part) => String(Number(part)));
  pen.label('姓名', 105, 150, 50);
  pen.value(person.name, 300, 148, 70);
  pen.label('性别', 105, 285, 50);
  pen.value(person.sex, 300, 285);
  pen.label('民族', 480, 285, 50);
  pen.value(person.ethnicity, 640, 285);
  pen.label('出生', 105, 415, 50);
  pen.value(year, 300, 415);
  pen.label('年', 450, 415, 50);
  pen.value(month, 535, 415);
  pen.label('月', 620, 415, 50);
  pen.value(day, 700, 415);
  pen.label('日', 785, 415, 50);
  pen.label('住址', 105, 545, 50);
  context.font = `58px "${textFont}"`;
  for (const [at, line] of wrap(context, person.address, 690).entries()) pen.value(line, 300, 545 + at * 78);
  pen.label('公民身份号码', 105, 945, 50);
  drawNumber(context, person.number);
  if (portrait === undefined) drawPortrait(context, dice);
  else context.drawImage(portrait, 1150, 190, 400, 500);
  stamp(context, 1350, 830);
  return canvas;
}

export function drawBack(person: CardPerson, seed: number): Canvas {
  const { canvas, context } = blank(seed + 5, '#eef0ee', '#dfe9e6');
  const pen = penOn(context);
  // In the emblem's place, a plain disc: red with gold, nothing of the emblem itself.
  disc(context, '#b3262a', 130);
  disc(context, '#e2b53a', 50);
  context.fillStyle = ink;
  context.font = `92px "${textFont}"`;
  context.fillText('中华人民共和国', 560, 190);
  context.font = `150px "${textFont}"`;
  context.fillText('居民身份证', 500, 380);
  pen.value('签发机关', 430, 820, 52);
  pen.value(person.authority, 720, 820, 56);
  pen.value('有效期限', 430, 955, 52);
  const dotted = (date: string) => date.replaceAll('-', '.');
  pen.value(`${dotted(person.validFrom)}-${dotted(person.validUntil)}`, 720, 955, 56);
  stamp(context, 1350, 600);
  return canvas;
}

function blank(seed: number, from: string, to: string) {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const dice = createDice(seed);
  context.lang = 'zh-Hans';
  context.beginPath();
  context.roundRect(0, 0, width, height, 60);
  context.clip();
  const paper = context.createLinearGradient(0, 0, width, height);
  paper.addColorStop(0, from);
  paper.addColorStop(1, to);
  context.fillStyle = paper;
  context.fillRect(0, 0, width, height);
  drawWaves(context, dice);
  return { canvas, context, dice };
}

function drawWaves(context: SKRSContext2D, dice: Dice): void {
  context.lineWidth = 1.5;
  for (let wave = 0; wave < 40; wave += 1) {
    context.strokeStyle = `rgba(${dice.between(110, 200)},${dice.between(150, 210)},${dice.between(190, 240)},0.22)`;
    const [phase, reach, pace] = [dice.roll() * 6.28, 30 + dice.roll() * 40, 0.004 + dice.roll() * 0.004];
    context.beginPath();
    for (let x = 0; x <= width; x += 8) {
      context.lineTo(x, (wave * height) / 40 + Math.sin(x * pace + phase) * reach + Math.sin(x * 0.02 + wave) * 6);
    }
    context.stroke();
  }
}

function wrap(context: SKRSContext2D, text: string, most: number): string[] {
  const lines = [''];
  for (const character of text) {
    const line = (lines.at(-1) ?? '') + character;
    if (context.measureText(line).width <= most) lines[lines.length - 1] = line;
    else lines.push(character);
  }
  return lines;
}

/** The number is spread evenly over its place, whatever the font's own pace. */
function drawNumber(context: SKRSContext2D, number: string): void {
  context.fillStyle = ink;
  context.font = `80px "${numberFont}"`;
  for (const [at, digit] of [...number].entries()) context.fillText(digit, 560 + at * 58, 945);
}

function disc(context: SKRSContext2D, style: string, radius: number): void {
  context.fillStyle = style;
  context.beginPath();
  context.arc(230, 230, radius, 0, 7);
  context.fill();
}

function stamp(context: SKRSContext2D, x: number, y: number): void {
  context.fillStyle = 'rgba(170,40,40,0.55)';
  context.font = `64px "${textFont}"`;
  context.fillText('样张', x - 64, y);
}

function drawPortrait(context: SKRSContext2D, dice: Dice): void {
  const [x, y] = [1350, 440];
  const oval = (style: string, dx: number, dy: number, rx: number, ry: number) => {
    context.fillStyle = style;
    context.beginPath();
    context.ellipse(x + dx, y + dy, rx, ry, 0, 0, 7);
    context.fill();
  };
  context.fillStyle = '#e9eef2';
  context.fillRect(x - 200, y - 290, 400, 560);
  oval(`rgb(${dice.between(30, 90)},${dice.between(30, 90)},${dice.between(50, 120)})`, 0, 250, 180, 110);
  context.fillStyle = '#e9eef2';
  context.fillRect(x - 200, y + 270, 400, 100);
  oval('#1b1613', 0, -75, 118, 130);
  oval(`hsl(${dice.between(22, 32)},${dice.between(40, 55)}%,${dice.between(68, 78)}%)`, 0, 0, 105, 138);
  for (const side of [-1, 1]) {
    oval('#ffffff', side * 42, -12, 20, 10);
    oval('#222211', side * 42, -12, 9, 9);
  }
  oval('#a4504a', 0, 75, 32, 8);
}
