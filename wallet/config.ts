/** The wallet server's settings: from the environment over an optional file, all faults at once and by name. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { ConfigError, type Environment, readConfig } from '../shared/server/config.ts';
import { isDevelopmentCertificate } from '../shared/server/dev-ca.ts';
import { readTrustedIssuers, trustsDemo } from '../shared/server/trusted-issuers.ts';
import type { TrustedIssuer } from '../shared/trust/index.ts';

export interface WalletServerConfig {
  /** Public address, without a slash at the end and without a path: passkeys and storage belong to an origin. */
  readonly baseUrl: string;
  readonly mode: 'demo' | 'production';
  readonly trustedIssuers: readonly TrustedIssuer[];
  /** PEM or base64 DER roots that vouch for relying parties. */
  readonly relyingPartyAnchors: readonly string[];
  /** Exact origins the page may speak to, beside the trusted issuers' own. */
  readonly connectOrigins: readonly string[];
  /** Pages a newcomer is pointed to; demo only. */
  readonly demo: { readonly issuerPage: string; readonly deskPage?: string } | undefined;
  readonly trustProxy: number;
}

/** Where the program finds things, for the main files. */
export interface WalletPlace {
  readonly host: string;
  readonly port: number;
  /** The built pages are kept here. */
  readonly dataDir: string;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
}

const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text;
const webAddress = z
  .string()
  .regex(/^https?:\/\/[^\s?#@]+$/)
  .refine((text) => URL.canParse(text))
  .transform((text) => text.replace(/\/$/, ''));
const origins = z
  .string()
  .transform((text) => text.split(/\s+/).filter((word) => word !== ''))
  .refine((list) => list.every(isOrigin));
const whole = z.coerce.number().int().min(0);

/** Runs beside the other checks, so that every fault is in one report. */
const always = { when: () => true };

const settings = z
  .object({
    BASE_URL: webAddress.refine(isOrigin),
    MODE: z.enum(['demo', 'production']).default('production'),
    HOST: z.string().default('127.0.0.1'),
    PORT: whole.max(65_535).default(4030),
    DATA_DIR: z.string().default('data/wallet'),
    TLS_CERT_FILE: z.string().optional(),
    TLS_KEY_FILE: z.string().optional(),
    TRUST_PROXY: whole.max(8).default(0),
    TRUSTED_ISSUERS_FILE: z.string(),
    RELYING_PARTY_ANCHORS_FILE: z.string(),
    CONNECT_ORIGINS: origins.default([]),
    DEMO_ISSUER_PAGE: webAddress.optional(),
    DEMO_DESK_PAGE: webAddress.optional(),
  })
  .refine((s) => (s.TLS_CERT_FILE === undefined) === (s.TLS_KEY_FILE === undefined), {
    path: ['TLS_KEY_FILE'],
    ...always,
  })
  // Production is a secure context, speaks to nobody in the clear, and points nobody to a demo.
  .refine((s) => s.MODE === 'demo' || !/^http:/.test(s.BASE_URL), { path: ['BASE_URL'], ...always })
  .refine((s) => s.MODE === 'demo' || !s.CONNECT_ORIGINS?.some((origin) => origin.startsWith('http:')), {
    path: ['CONNECT_ORIGINS'],
    ...always,
  })
  .refine((s) => s.MODE === 'demo' || s.DEMO_ISSUER_PAGE === undefined, { path: ['DEMO_ISSUER_PAGE'], ...always })
  .refine((s) => s.MODE === 'demo' || s.DEMO_DESK_PAGE === undefined, { path: ['DEMO_DESK_PAGE'], ...always });

const pem = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Refused with a ConfigError that names every setting at fault and prints no value. */
export function readWalletConfig(
  env: Environment,
  file?: string,
): { readonly config: WalletServerConfig; readonly place: WalletPlace } {
  const s = readConfig(settings, { env, ...(file === undefined ? {} : { file }) });
  const trustedIssuers = readTrustedIssuers(s.TRUSTED_ISSUERS_FILE);
  const relyingPartyAnchors = readAnchors(s.RELYING_PARTY_ANCHORS_FILE);
  if (s.MODE === 'production') refuseDemo(trustedIssuers, relyingPartyAnchors);
  const { DEMO_ISSUER_PAGE: issuerPage, DEMO_DESK_PAGE: deskPage } = s;
  return {
    config: {
      baseUrl: s.BASE_URL,
      mode: s.MODE,
      trustedIssuers,
      relyingPartyAnchors,
      connectOrigins: s.CONNECT_ORIGINS,
      demo: issuerPage === undefined ? undefined : { issuerPage, ...(deskPage === undefined ? {} : { deskPage }) },
      trustProxy: s.TRUST_PROXY,
    },
    place: {
      host: s.HOST,
      port: s.PORT,
      dataDir: s.DATA_DIR,
      tls:
        s.TLS_CERT_FILE === undefined || s.TLS_KEY_FILE === undefined
          ? undefined
          : { certFile: s.TLS_CERT_FILE, keyFile: s.TLS_KEY_FILE },
    },
  };
}

function readAnchors(file: string): readonly string[] {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new ConfigError(['RELYING_PARTY_ANCHORS_FILE: not readable']);
  }
  const found = text.match(pem) ?? [];
  if (found.length === 0) throw new ConfigError(['RELYING_PARTY_ANCHORS_FILE: not valid']);
  return found;
}

function refuseDemo(trusted: readonly TrustedIssuer[], anchors: readonly string[]): void {
  const faults: string[] = [];
  if (trustsDemo(trusted)) faults.push('TRUSTED_ISSUERS_FILE: of the demo');
  if (anchors.some(isDevelopmentCertificate)) faults.push('RELYING_PARTY_ANCHORS_FILE: of the demo');
  if (faults.length > 0) throw new ConfigError(faults);
}
