import { expect, it } from 'vitest';
import { agentOf, networkOf } from '../../../issuer/passkeys/index.ts';

it.each([
  ['Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit Chrome/150.0 Safari/537.36 Edg/150.0', 'windows-edge'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 20_0) AppleWebKit Version/20.0 Safari/604.1', 'ios-safari'],
  ['Mozilla/5.0 (Linux; Android 16) Chrome/150.0 MicroMessenger/8.0', 'android-wechat'],
  ['Mozilla/5.0 (Phone; OpenHarmony 6.0) Chrome/140.0 ArkWeb', 'harmony-chrome'],
  ['Mozilla/5.0 (Macintosh) Gecko Firefox/160.0', 'mac-firefox'],
  ['somebody <script>alert(1)</script>', 'other-other'],
  [undefined, 'other-other'],
])('of %s only system and browser remain', (header, agent) => {
  expect(agentOf(header)).toBe(agent);
});

it.each([
  ['198.51.100.7', '198.51.100'],
  ['::ffff:198.51.100.7', '198.51.100'],
  ['2001:db8:77:1::5', '2001:db8:77'],
  ['2001:db8:77:ffff:1:2:3:4', '2001:db8:77'],
  ['2001:db8:78::5', '2001:db8:78'],
])('the neighbourhood of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
