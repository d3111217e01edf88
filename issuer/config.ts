/** The issuer's settings: from the environment over an optional file, all faults at once and by name. */
import * as z from 'zod';
import { type Environment, readConfig } from '../shared/server/config.ts';

export interface IssuerConfig {
  /** Public address without a slash at the end: the Credential Issuer Identifier. It may have a path. */
  readonly baseUrl: string;
  /** `demo` brings synthetic people, a page that offers them, and development certificates. */
  readonly mode: 'demo' | 'production';
  /** The authority, as people read it. */
  readonly name: Readonly<Record<'zh-Hans' | 'en', string>>;
  /** The web wallet's page for offers; where there is none, offers are links of the wallet scheme only. */
  readonly walletReceiveUrl: string | undefined;
  /** Proxies in front of us whose X-Forwarded-For we believe. */
  readonly trustProxy: number;
}

/** Where the program finds things, for the main files. */
export interface IssuerPlace {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** postgres://... or a file; by default a file in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** PEM files of the credential key and its chain; without them a development certificate is made. */
  readonly credential: { readonly keyFile: string; readonly chainFile: string } | undefined;
  /** JSON table of outcomes of an application (docs/enrolment.md); without it the built-in one holds. */
  readonly outcomeTableFile?: string | undefined;
  /** A certified face service (docs/face-service.md); without it a person compares faces. */
  readonly faceService?: { readonly url: string; readonly tokenFile: string } | undefined;
}

const webAddress = z
  .string()
  .regex(/^https?:\/\/[^\s?#@]+$/)
  .refine((text) => URL.canParse(text))
  .transform((text) => text.replace(/\/$/, ''));
const whole = z.coerce.number().int().min(0);
const line = z.string().min(1).max(64);

/** Runs beside the other checks, so that every fault is in one report. */
const always = { when: () => true };

const settings = z
  .object({
    BASE_URL: webAddress,
    MODE: z.enum(['demo', 'production']).default('production'),
    NAME_ZH: line.default('示例市公安局'),
    NAME_EN: line.default('Example City Public Security Bureau'),
    WALLET_RECEIVE_URL: webAddress.optional(),
    TRUST_PROXY: whole.max(8).default(0),
    HOST: z.string().default('127.0.0.1'),
    PORT: whole.max(65_535).default(4010),
    DATA_DIR: z.string().default('data/issuer'),
    DATABASE_URL: z.string().optional(),
    TLS_CERT_FILE: z.string().optional(),
    TLS_KEY_FILE: z.string().optional(),
    ISSUER_KEY_FILE: z.string().optional(),
    ISSUER_CHAIN_FILE: z.string().optional(),
    OUTCOME_TABLE_FILE: z.string().optional(),
    FACE_SERVICE_URL: webAddress.optional(),
    FACE_SERVICE_TOKEN_FILE: z.string().optional(),
  })
  .refine((s) => (s.FACE_SERVICE_URL === undefined) === (s.FACE_SERVICE_TOKEN_FILE === undefined), {
    path: ['FACE_SERVICE_TOKEN_FILE'],
    ...always,
  })
  // Faces and a token do not travel in clear.
  .refine((s) => s.MODE === 'demo' || !/^http:/.test(s.FACE_SERVICE_URL ?? ''), {
    path: ['FACE_SERVICE_URL'],
    ...always,
  })
  .refine((s) => (s.TLS_CERT_FILE === undefined) === (s.TLS_KEY_FILE === undefined), {
    path: ['TLS_KEY_FILE'],
    ...always,
  })
  .refine((s) => (s.ISSUER_KEY_FILE === undefined) === (s.ISSUER_CHAIN_FILE === undefined), {
    path: ['ISSUER_CHAIN_FILE'],
    ...always,
  })
  // Production speaks TLS to the outside and signs with a real certificate.
  .refine((s) => s.MODE === 'demo' || !/^http:/.test(s.BASE_URL), { path: ['BASE_URL'], ...always })
  .refine((s) => s.MODE === 'demo' || s.ISSUER_KEY_FILE !== undefined, { path: ['ISSUER_KEY_FILE'], ...always });

export function readIssuerConfig(
  env: Environment,
  file?: string,
): { readonly config: IssuerConfig; readonly place: IssuerPlace } {
  const s = readConfig(settings, { env, ...(file === undefined ? {} : { file }) });
  return {
    config: {
      baseUrl: s.BASE_URL,
      mode: s.MODE,
      name: { 'zh-Hans': s.NAME_ZH, en: s.NAME_EN },
      walletReceiveUrl: s.WALLET_RECEIVE_URL,
      trustProxy: s.TRUST_PROXY,
    },
    place: {
      host: s.HOST,
      port: s.PORT,
      dataDir: s.DATA_DIR,
      databaseUrl: s.DATABASE_URL,
      tls: pair(s.TLS_CERT_FILE, s.TLS_KEY_FILE, (certFile, keyFile) => ({ certFile, keyFile })),
      credential: pair(s.ISSUER_KEY_FILE, s.ISSUER_CHAIN_FILE, (keyFile, chainFile) => ({ keyFile, chainFile })),
      outcomeTableFile: s.OUTCOME_TABLE_FILE,
      faceService: pair(s.FACE_SERVICE_URL, s.FACE_SERVICE_TOKEN_FILE, (url, tokenFile) => ({ url, tokenFile })),
    },
  };
}

function pair<A, B, R>(a: A | undefined, b: B | undefined, make: (a: A, b: B) => R): R | undefined {
  return a === undefined || b === undefined ? undefined : make(a, b);
}
