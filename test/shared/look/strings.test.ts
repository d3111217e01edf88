import { expect, it } from 'vitest';
import { chooseLanguage, createStrings } from '../../../shared/look/index.ts';

const strings = createStrings({
  'zh-Hans': { hello: '你好', guests: '{room} 房 {count} 位客人' },
  en: { hello: 'Hello', guests: '{count} guests in room {room}' },
});

it('gives the text of a key in the language, slots filled', () => {
  expect(strings('zh-Hans')('hello')).toBe('你好');
  expect(strings('en')('guests', { count: 2, room: '301' })).toBe('2 guests in room 301');
  expect(strings('zh-Hans')('guests', { count: 2, room: '$&{count}' })).toBe('$&{count} 房 2 位客人');
});

it('does not compile without a key, a language or a slot', () => {
  // @ts-expect-error a key that does not exist
  expect(() => strings('en')('helo')).not.toThrow(SyntaxError);
  // @ts-expect-error slots are required
  expect(() => strings('en')('guests')).not.toThrow(SyntaxError);
  // @ts-expect-error and complete
  strings('en')('guests', { count: 1 });
  // @ts-expect-error both languages have the same keys
  createStrings({ 'zh-Hans': { a: '甲', b: '乙' }, en: { a: 'A' } });
});

it('refuses slots that differ between the languages', () => {
  expect(() => createStrings({ 'zh-Hans': { a: '{x}' }, en: { a: '{y}' } })).toThrow(TypeError);
});

it('chooses the first language of the reader that we have', () => {
  expect(chooseLanguage(['fr', 'en-GB', 'zh'])).toBe('en');
  expect(chooseLanguage(['zh-Hant-TW', 'en'])).toBe('zh-Hans');
  expect(chooseLanguage('en;q=0.5, zh-CN;q=0.9, *;q=0.1')).toBe('zh-Hans');
  expect(chooseLanguage('zh;q=0, en')).toBe('en');
  for (const nothing of [undefined, [], '', 'fr', '*', ';;;', 'en;q=x', 'x'.repeat(100_000)])
    expect(chooseLanguage(nothing)).toBe('zh-Hans');
});
