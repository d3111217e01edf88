/** The demo's three pages: whom, what, here it is. Rendered on the server, no script; Chinese first, English beside it. */
import { readFileSync } from 'node:fs';
import { encodeQR } from 'qr';
import { encodeBase64, encodeUtf8 } from '../../shared/encoding/index.ts';
import { ageOn, ethnicGroupName, maskNumber } from '../../shared/id-card/index.ts';
import type { Bilingual } from '../../shared/look/index.ts';
import { type Html, html, pageReply } from '../../shared/server/page.ts';
import type { Reply } from '../../shared/server/routes.ts';
import type { Configuration } from '../catalogue/index.ts';
import type { CreatedOffer } from '../issuance/index.ts';
import type { Person } from '../register/index.ts';
import type { DemoPerson } from './people.ts';

export interface Frame {
  /** The authority, as people read it. */
  readonly name: Bilingual;
  /** Address of the first page. */
  readonly home: string;
}

const css = readFileSync(new URL('demo.css', import.meta.url), 'utf8');

function framed(frame: Frame, title: string, body: Html): Reply {
  const page = html`
<header class="top"><div>
  <a href="${frame.home}">${frame.name['zh-Hans']}<span class="en" lang="en">${frame.name.en}</span></a>
  <span class="tag warn"><span>演示 <span lang="en">Demo</span></span></span>
</div></header>
<main>${body}</main>`;
  return pageReply({
    title: `${title} · ${frame.name['zh-Hans']}`,
    language: 'zh-Hans',
    body: page,
    css,
    forms: 'self',
  });
}

export function peoplePage(
  frame: Frame,
  content: { readonly people: readonly DemoPerson[]; readonly today: string },
): Reply {
  return framed(
    frame,
    '选一位人物',
    html`
<div class="lead">
  <h1>选一位人物，领取居民数字身份证${en('Pick a person and receive the digital resident identity card')}</h1>
  <p class="soft">人物均为虚构，肖像为手绘，号码不属于任何人。选好之后，在钱包里打开领取邀请即可。
  ${en('Everybody here is invented and drawn; the numbers belong to nobody. Pick one, then open the offer in your wallet.')}</p>
</div>
<ul class="people">${content.people.map(
      (entry) => html`
  <li><a class="surface" href="${frame.home}/people/${entry.slug}">
    ${portrait(frame, entry)}
    <span class="who">
      <strong>${entry.person.name}</strong>
      <span class="faint"><span class="en" lang="en">${entry.nameLatin}</span>${sexName(entry.person)} · ${ageOn(entry.person.birthdate, content.today) ?? 0} 岁</span>
      <span class="tags">${marks(entry.person, content.today)}</span>
    </span>
  </a></li>`,
    )}
</ul>`,
  );
}

export interface Choice {
  readonly configuration: Configuration;
  /** False where this person has no valid document of the kind. */
  readonly offered: boolean;
}

export function personPage(
  frame: Frame,
  content: { readonly person: DemoPerson; readonly choices: readonly Choice[]; readonly today: string },
): Reply {
  const { person, choices, today } = content;
  const first = choices.findIndex((choice) => choice.offered);
  return framed(
    frame,
    person.person.name,
    html`
<h1>${person.person.name}${en(person.nameLatin)}</h1>
<div class="two">
  <div class="aside">
    ${idCard(frame, person)}
    <p class="tags">${marks(person.person, today)}</p>
    <p class="faint">${sexName(person.person)} · ${person.person.birthdate} · ${person.person.address.region}${person.person.address.street}</p>
  </div>
  <form class="surface choose" method="post" action="${frame.home}/people/${person.slug}">
    <fieldset>
      <legend>要领取哪一种证件？${en('Which document?')}</legend>
      ${choices.map((choice, index) => choiceRow(choice, index === first))}
    </fieldset>
    <label class="choice"><input type="checkbox" name="tx_code" value="on" checked>
      <span>领取时要输入短信里的领取码${en('Ask for a collection code sent by text message')}</span></label>
    <button type="submit"><span>生成领取邀请 <span lang="en">· Create the offer</span></span></button>
  </form>
</div>`,
  );
}

export interface OfferContent {
  readonly person: DemoPerson;
  readonly configuration: Configuration;
  readonly offer: CreatedOffer;
  readonly lifetimeSeconds: number;
  readonly walletReceiveUrl: string | undefined;
}

export function offerPage(frame: Frame, content: OfferContent): Reply {
  const { person, configuration, offer, walletReceiveUrl } = content;
  const minutes = Math.round(content.lifetimeSeconds / 60);
  const openUrl = walletReceiveUrl && `${walletReceiveUrl}${offer.link.slice(offer.link.indexOf('?'))}`;
  return framed(
    frame,
    '领取邀请',
    html`
<h1>领取邀请已生成${en('The offer is ready')}</h1>
<div class="two">
  <section class="surface scan">
    ${
      openUrl &&
      html`<a class="button" href="${openUrl}" target="_blank" rel="noreferrer"><span>在钱包中打开 <span lang="en">· Open in wallet</span></span></a>
    <div class="or"><span>或用钱包扫码 · <span lang="en">or scan with it</span></span></div>`
    }
    <img alt="领取邀请的二维码 · QR code of the offer" src="${qrImage(offer.link)}">
    <p class="faint">${minutes} 分钟内有效，只能用一次${en(`Good for ${minutes} minutes, once`)}</p>
  </section>
  <div class="aside">
    <section class="surface sum">
      ${portrait(frame, person)}
      <div class="who"><strong>${person.person.name}</strong>
      <span>${configuration.title['zh-Hans']}${en(configuration.title.en)}${formatName(configuration)}</span></div>
    </section>
    ${offer.txCode !== undefined && smsBubble(frame, offer.txCode, minutes)}
    <details class="surface"><summary>没有摄像头？复制链接 · <span lang="en">No camera? Copy the link</span></summary>
      <code>${offer.link}</code></details>
    <p><a class="button quiet" href="${frame.home}"><span>换一位人物 <span lang="en">· Another person</span></span></a></p>
  </div>
</div>`,
  );
}

function smsBubble(frame: Frame, txCode: string, minutes: number): Html {
  return html`
<section class="surface phone">
  <h2>短信${en('Text message to the person')}</h2>
  <div class="sms">【${frame.name['zh-Hans']}】您的领取码是<strong class="code">${txCode}</strong>${minutes} 分钟内有效，请勿告诉他人。
  ${en(`Your collection code is ${txCode}, good for ${minutes} minutes. Do not tell anybody.`)}</div>
  <p class="faint">演示：这条短信本应发到本人手机。${en('Demo: this would have gone to the phone of the person.')}</p>
</section>`;
}

function choiceRow({ configuration, offered }: Choice, checked: boolean): Html {
  return html`<label class="choice"><input type="radio" name="configuration_id" value="${configuration.id}" ${
    offered ? checked && html`checked` : html`disabled`
  } required>
  <span>${configuration.title['zh-Hans']}${!offered && ' · 没有这种证件'}${en(
    `${configuration.title.en}${offered ? '' : ' · this person has none'}`,
  )}${offered && formatName(configuration)}</span></label>`;
}

function idCard(frame: Frame, { slug, person }: DemoPerson): Html {
  return html`
<div class="id-card">
  <div class="issuer"><span>居民身份证 · <span lang="en">Resident ID</span></span><span>${frame.name['zh-Hans']}</span></div>
  <div class="middle"><span class="name${[...person.name].length > 4 && ' long'}">${person.name}</span>
  <img class="portrait" alt="" src="${frame.home}/portraits/${slug}" width="240" height="300"></div>
  <div class="foot"><span class="number">${maskNumber(person.number)}</span><span class="seal" aria-hidden="true">虎符</span></div>
</div>`;
}

function portrait(frame: Frame, { slug }: DemoPerson): Html {
  return html`<img class="portrait" alt="" src="${frame.home}/portraits/${slug}" width="240" height="300">`;
}

/** What makes this person worth trying. */
function marks(person: Person, today: string): readonly Html[] {
  const age = ageOn(person.birthdate, today) ?? 0;
  const found: Html[] = [];
  if (age < 14) found.push(mark('warn', '不满 14 周岁', 'under 14'));
  else if (age < 18) found.push(mark('warn', '未成年人', 'minor'));
  if (age >= 60) found.push(mark('warn', '老年人', 'elder'));
  if (person.drivingLicence !== undefined) found.push(mark('good', '有驾驶证', 'driver'));
  if (person.birthdate.endsWith('-02-29')) found.push(mark('plain', '2 月 29 日生', 'born 29 Feb'));
  if (person.ethnicity !== '01') {
    found.push(
      mark('plain', `${ethnicGroupName(person.ethnicity, 'zh-Hans')}族`, ethnicGroupName(person.ethnicity, 'en') ?? ''),
    );
  }
  return found;
}

function mark(kind: 'good' | 'warn' | 'plain', zh: string, english: string): Html {
  return html`<span class="tag ${kind}"><span>${zh} <span lang="en">${english}</span></span></span>`;
}

function en(text: string): Html {
  return html`<span class="en" lang="en">${text}</span>`;
}

function sexName(person: Person): string {
  return person.sex === 1 ? '男' : '女';
}

function formatName({ format }: Configuration): Html {
  return format === 'dc+sd-jwt'
    ? html`<span class="faint">SD-JWT VC · 逐项选择出示 <span lang="en">· item by item</span></span>`
    : html`<span class="faint">W3C VC-JWT · 只能整张出示 <span lang="en">· shown whole</span></span>`;
}

function qrImage(link: string): string {
  return `data:image/svg+xml;base64,${encodeBase64(encodeUtf8(encodeQR(link, 'svg', { ecc: 'medium', border: 3 })))}`;
}
