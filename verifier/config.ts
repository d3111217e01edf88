/** The verifier's settings: from the environment over an optional file, all faults at once and by name. */
import * as z from 'zod';
import { ConfigError, type Environment, readConfig } from '../shared/server/config.ts';
import { readTrustedIssuers, trustsDemo } from '../shared/server/trusted-issuers.ts';
import type { TrustedIssuer } from '../shared/trust/index.ts';
import type { RequestTimes } from './requests/index.ts';
import type { CredentialTypes } from './scenes/index.ts';

export interface VerifierConfig {
  /** Public address, without a slash at the end. */
  readonly baseUrl: string;
  readonly mode: 'demo' | 'production';
  /** Trade name for the development certificate; a real certificate brings its own. */
  readonly organisation: string;
  /** The web wallet's page for requests. */
  readonly walletPresentUrl: string;
  readonly trustedIssuers: readonly TrustedIssuer[];
  readonly types: CredentialTypes;
  /** Exact origins outbound calls may reach although they are private or plain http. */
  readonly allowOrigins: readonly string[];
  /** Seconds; overrides every scene. */
  readonly statusMaxAge: number | undefined;
  /** Proxies in front of us whose X-Forwarded-For we believe. */
  readonly trustProxy: number;
  readonly times: RequestTimes;
}

/** Where the program finds things, for `main.ts`. */
export interface VerifierPlace {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** Where the development certificates are; shared by all services of a machine. */
  readonly caDir: string;
  readonly databaseUrl: string | undefined;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** PEM files of the access key and its chain; without them a development certificate is made. */
  readonly access: { readonly keyFile: string; readonly chainFile: string } | undefined;
}

export const requestTimes: RequestTimes = { fetch: 60, answer: 300, renewFor: 1_800, keep: 900 };

const webAddress = z
  .string()
  .regex(/^https?:\/\/[^\s?#@]+$/)
  .refine((text) => URL.canParse(text))
  .transform((text) => text.replace(/\/$/, ''));
const words = z.string().transform((text) => text.split(/\s+/).filter((word) => word !== ''));
const origins = words.refine((list) => list.every((text) => URL.parse(text)?.origin === text));
const whole = z.coerce.number().int().min(0);

/** Runs beside the other checks, so that every fault is in one report. */
const always = { when: () => true };

const settings = z
  .object({
    BASE_URL: webAddress,
    MODE: z.enum(['demo', 'production']).default('production'),
    HOST: z.string().default('127.0.0.1'),
    PORT: whole.max(65_535).default(4020),
    DATA_DIR: z.string().default('data/verifier'),
    CA_DIR: z.string().default('data/ca'),
    DATABASE_URL: z.string().optional(),
    TLS_CERT_FILE: z.string().optional(),
    TLS_KEY_FILE: z.string().optional(),
    ACCESS_KEY_FILE: z.string().optional(),
    ACCESS_CHAIN_FILE: z.string().optional(),
    ORGANISATION: z.string().min(1).max(64).default('望江酒店'),
    WALLET_PRESENT_URL: webAddress,
    TRUSTED_ISSUERS_FILE: z.string(),
    CREDENTIAL_VCTS: words.refine((list) => list.length > 0),
    CREDENTIAL_TYPES: words.refine((list) => list.length > 0),
    ALLOW_ORIGINS: origins.default([]),
    STATUS_MAX_AGE: whole.optional(),
    TRUST_PROXY: whole.max(8).default(0),
  })
  .refine((s) => (s.TLS_CERT_FILE === undefined) === (s.TLS_KEY_FILE === undefined), {
    path: ['TLS_KEY_FILE'],
    ...always,
  })
  .refine((s) => (s.ACCESS_KEY_FILE === undefined) === (s.ACCESS_CHAIN_FILE === undefined), {
    path: ['ACCESS_CHAIN_FILE'],
    ...always,
  })
  // Production speaks TLS to the outside, asks with a real certificate, and reaches nobody in the clear.
  .refine((s) => s.MODE === 'demo' || !/^http:/.test(s.BASE_URL), { path: ['BASE_URL'], ...always })
  .refine((s) => s.MODE === 'demo' || s.ACCESS_KEY_FILE !== undefined, { path: ['ACCESS_KEY_FILE'], ...always })
  .refine((s) => s.MODE === 'demo' || !s.ALLOW_ORIGINS?.some((origin) => origin.startsWith('http:')), {
    path: ['ALLOW_ORIGINS'],
    ...always,
  });

export function readVerifierConfig(
  env: Environment,
  file?: string,
): { readonly config: VerifierConfig; readonly place: VerifierPlace } {
  const s = readConfig(settings, { env, ...(file === undefined ? {} : { file }) });
  const config: VerifierConfig = {
    baseUrl: s.BASE_URL,
    mode: s.MODE,
    organisation: s.ORGANISATION,
    walletPresentUrl: s.WALLET_PRESENT_URL,
    trustedIssuers: readIssuers(s.TRUSTED_ISSUERS_FILE, s.MODE),
    types: { vctValues: s.CREDENTIAL_VCTS, typeValues: s.CREDENTIAL_TYPES.map((type) => [type]) },
    allowOrigins: s.ALLOW_ORIGINS,
    statusMaxAge: s.STATUS_MAX_AGE,
    trustProxy: s.TRUST_PROXY,
    times: requestTimes,
  };
  const place: VerifierPlace = {
    host: s.HOST,
    port: s.PORT,
    dataDir: s.DATA_DIR,
    caDir: s.CA_DIR,
    databaseUrl: s.DATABASE_URL,
    tls: pair(s.TLS_CERT_FILE, s.TLS_KEY_FILE, (certFile, keyFile) => ({ certFile, keyFile })),
    access: pair(s.ACCESS_KEY_FILE, s.ACCESS_CHAIN_FILE, (keyFile, chainFile) => ({ keyFile, chainFile })),
  };
  return { config, place };
}

/** In production nobody of the demo. */
function readIssuers(file: string, mode: VerifierConfig['mode']): readonly TrustedIssuer[] {
  const list = readTrustedIssuers(file);
  if (mode === 'production' && trustsDemo(list)) throw new ConfigError(['TRUSTED_ISSUERS_FILE: of the demo']);
  return list;
}

function pair<A, B, R>(a: A | undefined, b: B | undefined, make: (a: A, b: B) => R): R | undefined {
  return a === undefined || b === undefined ? undefined : make(a, b);
}
