/**
 * Pages rendered on the server: no script, one inline style that the policy names by its hash. Whatever is put into
 * the template is escaped; attribute values must stand in double quotes.
 */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Language } from '../look/index.ts';
import type { Reply } from './routes.ts';

/** Markup that was written by us or escaped by `html`. */
class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Html = Markup;
export type HtmlValue = string | number | Html | undefined | false | readonly HtmlValue[];

/** A template of markup: values are text and get escaped, nested `html` is kept, `undefined` and `false` leave nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Markup(parts.map((part, index) => (index === 0 ? part : render(values[index - 1]) + part)).join(''));
}

function render(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Markup) return value.toString();
  if (typeof value === 'string' || typeof value === 'number') return escapeText(String(value));
  return value.map(render).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

export interface PageOptions {
  readonly title: string;
  readonly language: Language;
  readonly body: Html;
  /** Rules of this page after the house's own. */
  readonly css?: string;
  readonly status?: number;
  /** Where forms may go: `'self'`, or nothing. */
  readonly forms?: 'self';
  /** Seconds after which the page asks again. */
  readonly refresh?: number;
}

/** The house's style sheet, for pages that are not built by Vite. */
export const tokensCss: string = readFileSync(new URL('../look/tokens.css', import.meta.url), 'utf8');

/** A whole page as a reply, with the policy that fits it. Images may come from us or be data: images. */
export function pageReply(options: PageOptions): Reply {
  const css = `${tokensCss}\n${options.css ?? ''}`;
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash('sha256', css, 'base64')}'`,
    "img-src 'self' data:",
    "base-uri 'none'",
    `form-action ${options.forms === 'self' ? "'self'" : "'none'"}`,
    "frame-ancestors 'none'",
  ];
  const page = html`<!doctype html>
<html lang="${options.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${options.title}</title>
<style>${new Markup(css)}</style>
</head>
<body>
${options.body}
</body>
</html>
`;
  return {
    status: options.status ?? 200,
    type: 'text/html; charset=utf-8',
    text: page.toString(),
    headers: {
      'Content-Security-Policy': policy.join('; '),
      ...(options.refresh !== undefined && { Refresh: String(options.refresh) }),
    },
  };
}
