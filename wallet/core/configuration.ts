import * as z from 'zod/mini';
import { parseJsonObject, parseShape } from '../../shared/encoding/index.ts';

const origin = z.string().check(z.regex(/^https?:\/\/[^/\s?#@]+$/));
const bilingual = z.object({ 'zh-Hans': z.string().check(z.minLength(1)), en: z.string().check(z.minLength(1)) });

const trustedIssuer = z.object({
  id: z.string().check(z.minLength(1)),
  dids: z.array(z.string()),
  anchors: z.array(z.string()),
  types: z.array(z.string()),
  name: bilingual,
  /** Thumbprints of keys that others may have. */
  compromisedKeys: z._default(z.array(z.string()), []),
});

/** What a wallet is told by whoever serves it (`/config.json`): whom it trusts, and where it may go. Nothing personal. */
export const walletConfiguration = z.object({
  /** Issuers whose credentials and transaction codes this wallet deals with; no others. */
  issuers: z.array(trustedIssuer),
  /** Roots that vouch for relying parties. */
  relyingPartyAnchors: z.array(z.string()),
  /** Exact origins the page may speak to; the same list is its `connect-src`. */
  connectOrigins: z.array(origin),
  /** Those of them that may be plain http: the demo's own on this machine. */
  httpOrigins: z.array(origin),
  /** Pages a newcomer is pointed to. */
  demo: z.optional(z.object({ issuerPage: z.string(), deskPage: z.optional(z.string()) })),
});
export type WalletConfiguration = z.output<typeof walletConfiguration>;

export function parseConfiguration(text: string): WalletConfiguration {
  return parseShape(walletConfiguration, parseJsonObject(text, { maxBytes: 1_048_576 }), 'config');
}
