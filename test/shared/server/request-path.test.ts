import { expect, it } from 'vitest';
import { isPlainPath, parseTarget } from '../../../shared/server/request-path.ts';

it('takes plain absolute paths, with or without a slash at the end', () => {
  for (const path of ['/', '/a', '/a/', '/a/b-c_d~e:f', '/.well-known/x', '/a.b', '/a..b'])
    expect([path, isPlainPath(path)]).toEqual([path, true]);
});

it('nc-111 takes nothing that could be read in two ways', () => {
  const odd = [
    '',
    'a',
    '//',
    '//a',
    '/a//',
    '/a//b',
    '/.',
    '/..',
    '/./a',
    '/a/..',
    '/a.',
    '/a./b',
    '/..a',
    '/a;b',
    '/a%62',
    '/%',
    '/a\\b',
    '/a b',
    '/ä',
    '/a\0',
    '/a\n',
    '/*',
    '/a,b',
    `/${'a'.repeat(201)}`,
  ];
  for (const path of odd) expect([path, isPlainPath(path)]).toEqual([path, false]);
});

it('splits at the first question mark and leaves the query alone', () => {
  expect(parseTarget('/a?b=%2e?c')).toEqual({ path: '/a', query: 'b=%2e?c' });
  expect(parseTarget('/a')).toEqual({ path: '/a', query: undefined });
  expect(parseTarget('http://x/a')).toBeUndefined();
});
