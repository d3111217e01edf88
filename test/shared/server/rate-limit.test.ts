import { expect, it } from 'vitest';
import { codeOf } from '../../../shared/errors.ts';
import { addressKey, createRateLimit, RateLimited } from '../../../shared/server/rate-limit.ts';

it('gives each key its points and says how long to wait', async () => {
  const limit = createRateLimit({ points: 2, seconds: 30 });
  await limit.take('a');
  await limit.take('a');
  const refused: unknown = await limit.take('a').catch((error: unknown) => error);
  expect(codeOf(refused)).toBe('rate_limited');
  expect(refused instanceof RateLimited && refused.retryAfter).toBe(30);
  await limit.take('b');
});

it('counts again when the window is over', async () => {
  const limit = createRateLimit({ points: 1, seconds: 0.1 });
  await limit.take('a');
  await expect(limit.take('a')).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 200));
  await limit.take('a');
});

it('takes an IPv4 address and an IPv6 network of 64 bits as one', () => {
  expect(addressKey('192.0.2.1')).toBe('192.0.2.1');
  expect(addressKey('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(addressKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
  expect(addressKey('2001:db8::1')).toBe('2001:db8:0:0');
  expect(addressKey('fe80::1%eth0')).toBe('fe80:0:0:0');
  expect(addressKey('::1')).toBe('0:0:0:0');
  expect(addressKey('not an address')).toBe('not an address');
});
