/** What we remember of a device and of a place: enough to notice a change, too little to follow anybody. */
import { isIP } from 'node:net';
import { addressKey } from '../../shared/server/rate-limit.ts';

const systems: readonly (readonly [string, RegExp])[] = [
  ['harmony', /HarmonyOS|OpenHarmony/],
  ['android', /Android/],
  ['ios', /iPhone|iPad/],
  ['windows', /Windows/],
  ['mac', /Macintosh/],
  ['linux', /Linux/],
];
const browsers: readonly (readonly [string, RegExp])[] = [
  ['wechat', /MicroMessenger/],
  ['edge', /Edg(?:A|iOS)?\//],
  ['firefox', /Firefox\/|FxiOS\//],
  ['chrome', /Chrome\/|CriOS\//],
  ['safari', /Safari\//],
];

/** System and browser from closed lists, `windows-edge`; nothing of the header itself is kept. */
export function agentOf(userAgent: string | undefined): string {
  const text = (userAgent ?? '').slice(0, 512);
  return `${nameOf(systems, text)}-${nameOf(browsers, text)}`;
}

function nameOf(table: readonly (readonly [string, RegExp])[], text: string): string {
  return table.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other';
}

/** The neighbourhood of an address: 24 bits of IPv4, 48 of IPv6. To be hashed with a key before it is kept. */
export function networkOf(address: string): string {
  const key = addressKey(address);
  return isIP(key) === 4 ? key.split('.').slice(0, 3).join('.') : key.split(':').slice(0, 3).join(':');
}
