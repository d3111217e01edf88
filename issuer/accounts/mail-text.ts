import type { AlertKind } from './tables.ts';

type Name = Readonly<Record<'zh-Hans' | 'en', string>>;

const happened: Readonly<Record<AlertKind, Name>> = {
  new_device: { 'zh-Hans': '有一台新设备登录了您的账户。', en: 'A new device signed in to your account.' },
  new_network: { 'zh-Hans': '您的账户在一个新的网络登录。', en: 'Your account was used from a new network.' },
  many_failures: {
    'zh-Hans': '有人多次尝试登录您的账户，没有成功。',
    en: 'Somebody tried repeatedly to sign in and failed.',
  },
  passkey_added: { 'zh-Hans': '您的账户添加了一把新的通行密钥。', en: 'A new passkey was added to your account.' },
  contact_changed: { 'zh-Hans': '您的账户更换了接收提醒的邮箱。', en: 'The address for alerts was changed.' },
};

/** Fixed words in both languages: nothing of the person, their device or their place is ever in a mail. */
export function alertMail(
  kind: AlertKind,
  link: string,
  name: Name,
): { readonly subject: string; readonly text: string } {
  return {
    subject: `账户安全提醒 · Account alert — ${name['zh-Hans']}`,
    text: [
      happened[kind]['zh-Hans'],
      '如果是您本人，无需处理。如果不是，请打开下面的链接，立即冻结您的数字身份证：',
      link,
      '我们不会通过邮件或电话向您索要密码、验证码或证件照片。',
      '',
      happened[kind].en,
      'If it was you, there is nothing to do. If not, open the link above to freeze your digital ID at once.',
      'We never ask for passwords, codes or photos of documents by mail or phone.',
      '',
      `${name['zh-Hans']} · ${name.en}`,
      '',
    ].join('\n'),
  };
}
