import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixedClock } from '../../shared/clock.ts';
import { decodeBase64 } from '../../shared/encoding/index.ts';
import type { FetchText } from '../../shared/fetch.ts';
import type { Crypto } from '../../shared/keys/index.ts';
import { type AuditEntry, readAudit } from '../../shared/server/audit.ts';
import { createBearerToken } from '../../shared/server/bearer.ts';
import { type Database, openDatabase } from '../../shared/server/database.ts';
import { ensureDevelopmentRelyingParty, ensureDevelopmentRoots } from '../../shared/server/dev-ca.ts';
import { createEnvelope, type Envelope } from '../../shared/server/envelope.ts';
import { keksOf } from '../../shared/server/kek.ts';
import { listen } from '../../shared/server/listen.ts';
import { createLog } from '../../shared/server/log.ts';
import { nodeCrypto, nodeSigner } from '../../shared/server/node-crypto.ts';
import { nodeInflate } from '../../shared/server/node-inflate.ts';
import { safeFetch } from '../../shared/server/safe-fetch.ts';
import { x509Hash } from '../../shared/trust/index.ts';
import { ensureDemoDesk, putToken, tokenPrefixes } from '../../verifier/access/index.ts';
import { requestTimes, type VerifierConfig } from '../../verifier/config.ts';
import { migrations } from '../../verifier/migrations/index.ts';
import type { VerifierTables } from '../../verifier/tables.ts';
import { createVerifier, type Verifier } from '../../verifier/verifier.ts';
import { startTestIssuer, type TestIssuer } from './credentials.ts';
import { freePort } from './free-port.ts';

/** 2026-11-22 12:00:00 in Shanghai. */
export const noon = 1_795_320_000;
export const walletPresentUrl = 'http://wallet.localhost:4030/present';
export const returnOrigin = 'https://shop.example';

export type TestClock = ReturnType<typeof fixedClock>;

export interface TestVerifier {
  readonly url: string;
  readonly clientId: string;
  readonly issuer: TestIssuer;
  /** Trusted as well, but a stranger to the first one's certificates and lists. */
  readonly accessRoot: string;
  readonly clock: TestClock;
  readonly db: Database<VerifierTables>;
  readonly envelope: Envelope;
  readonly verifier: Verifier;
  readonly token: string;
  /** Another program of the same relying party. */
  readonly otherToken: string;
  readonly logLines: string[];
  readonly outbound: string[];
  /** A call with the first program's token, unless the headers say otherwise. */
  api(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  audit(): Promise<readonly (AuditEntry & { readonly seq: number })[]>;
  /** Rows of every table but the audit trail. */
  counts(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  readonly json: any;
}

export interface TestVerifierOptions {
  readonly config?: Partial<VerifierConfig>;
  readonly databaseUrl?: string;
  readonly clock?: TestClock;
  readonly demoDesk?: string;
  readonly pagesFolder?: string;
  /** In front of the verifier's own way out. */
  readonly fetchText?: (honest: FetchText) => FetchText;
  readonly port?: number;
  /** In front of the verifier's own cryptography. */
  readonly crypto?: (honest: Crypto) => Crypto;
}

/** A whole verifier on loopback, with an issuer it trusts and an in-memory database. */
export async function startTestVerifier(options: TestVerifierOptions = {}): Promise<TestVerifier> {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-verifier-'));
  const caDir = join(folder, 'ca');
  const clock = options.clock ?? fixedClock(noon);
  const crypto = nodeCrypto();
  const port = options.port ?? (await freePort());
  const url = `http://localhost:${port}`;
  const issuer = await startTestIssuer(caDir, clock);
  const party = await ensureDevelopmentRelyingParty(caDir, { baseUrl: url, name: '望江酒店' }, { clock });
  const roots = await ensureDevelopmentRoots(caDir, { clock });
  const chain = party.x5c.map((entry) => decodeBase64(entry));
  const clientId = `x509_hash:${x509Hash(chain[0] ?? new Uint8Array(), crypto)}`;
  const db = await openDatabase<VerifierTables>({ url: options.databaseUrl ?? ':memory:', migrations });
  const envelope = createEnvelope({
    app: 'verifier',
    env: 'test',
    keks: keksOf(new Map([['kek-1', new Uint8Array(32).fill(7)]]), 'kek-1'),
    blindIndexKey: new Uint8Array(32).fill(9),
    clock,
  });
  const [token, otherToken] = [await newToken(db, '预订系统'), await newToken(db, '另一个系统')];
  if (options.demoDesk !== undefined) await ensureDemoDesk({ db, crypto, clock }, options.demoDesk);

  const logLines: string[] = [];
  const outbound: string[] = [];
  const honest = safeFetch({ allowOrigins: [issuer.url] });
  const way = options.fetchText?.(honest) ?? honest;
  const verifier = createVerifier({
    config: {
      baseUrl: url,
      mode: 'demo',
      organisation: '望江酒店',
      walletPresentUrl,
      trustedIssuers: [issuer.trusted],
      types: { vctValues: [issuer.vct], typeValues: [[issuer.vcType]] },
      allowOrigins: [issuer.url],
      statusMaxAge: undefined,
      trustProxy: 0,
      times: requestTimes,
      ...options.config,
    },
    db,
    envelope,
    clock,
    crypto: options.crypto?.(crypto) ?? crypto,
    log: createLog({ service: 'verifier', clock, write: (line) => logLines.push(line) }),
    fetchText: (address, request) => {
      outbound.push(address);
      return way(address, request);
    },
    inflate: nodeInflate,
    access: { signer: nodeSigner(party.privateKeyPem), chain, clientId },
    organisation: '望江酒店',
    demoDesk: options.demoDesk,
    pagesFolder: options.pagesFolder,
  });
  const listening = await listen(verifier.handler, { host: '127.0.0.1', port });

  return {
    url,
    clientId,
    issuer,
    accessRoot: roots.access,
    clock,
    db,
    envelope,
    verifier,
    token,
    otherToken,
    logLines,
    outbound,
    api: (method, path, body, headers) =>
      call(url + path, {
        method,
        headers: {
          ...(headers?.cookie === undefined ? { authorization: `Bearer ${token}` } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    audit: () => readAudit(db.kysely, { limit: 100_000 }),
    counts: async () => {
      const tables = ['presentation_request', 'request_link', 'guest_record', 'data_key', 'desk_session'] as const;
      const counts: Record<string, number> = {};
      for (const table of tables) {
        const row = await db.kysely
          .selectFrom(table)
          .select((count) => count.fn.countAll<number>().as('n'))
          .executeTakeFirst();
        counts[table] = Number(row?.n ?? 0);
      }
      return counts;
    },
    async close() {
      await listening.close();
      await verifier.close();
      await issuer.close();
      await db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function newToken(db: Database<VerifierTables>, name: string): Promise<string> {
  const { token, tokenHash } = createBearerToken(tokenPrefixes['relying-party']);
  const id = tokenHash.slice(0, 22);
  await putToken(db.kysely, { id, kind: 'relying-party', name, returnOrigins: [returnOrigin] }, tokenHash, noon);
  return token;
}

export async function call(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}

/** A form post, as wallets send them. */
export function post(url: string, form: Record<string, string>): Promise<Answer> {
  return call(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
}
