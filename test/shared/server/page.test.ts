import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { html, pageReply } from '../../../shared/server/page.ts';

it('escapes whatever is put in, in text and in attributes', () => {
  const evil = `"><script>alert('1')</script>&`;
  const page = html`<a href="${evil}" title="${evil}">${evil}</a>${[evil, html`<b>${evil}</b>`]}`.toString();
  expect(page).not.toContain('<script');
  expect(page.match(/"/g)).toHaveLength(4);
  expect(page).toContain('&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;');
  expect(page).toContain('<b>&quot;');
});

it('leaves out what is absent and keeps nested markup and numbers', () => {
  expect(html`<p>${undefined}${false}${0}${html`<i>x</i>`}</p>`.toString()).toBe('<p>0<i>x</i></p>');
});

it('does not take an object that only looks like markup', () => {
  const forged: unknown = { toString: () => '<script>' };
  expect(() => html`${forged as string}`.toString()).toThrow(TypeError);
});

it('a page names its only style by hash and allows no script, frame or foreign form', () => {
  const reply = pageReply({ title: '<T>', language: 'zh-Hans', body: html`<h1>虎符</h1>`, css: 'h1 { color: red; }' });
  const text = String(reply.text);
  expect(text).toContain('<html lang="zh-Hans">');
  expect(text).toContain('<title>&lt;T&gt;</title>');
  const style = /<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '';
  const policy = String(reply.headers?.['Content-Security-Policy']);
  expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("form-action 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('script-src');
  expect(
    String(pageReply({ title: '', language: 'en', body: html``, forms: 'self' }).headers?.['Content-Security-Policy']),
  ).toContain("form-action 'self'");
});
