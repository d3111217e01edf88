/** The whole world in one process, over real HTTP: an issuer, a verifier that trusts it, wallets that trust both. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../shared/clock.ts';
import { didWebOf } from '../../shared/did/index.ts';
import { decodeBase64 } from '../../shared/encoding/index.ts';
import { createBearerToken } from '../../shared/server/bearer.ts';
import { openDatabase } from '../../shared/server/database.ts';
import { ensureDevelopmentRelyingParty, ensureDevelopmentRoots } from '../../shared/server/dev-ca.ts';
import { createEnvelope } from '../../shared/server/envelope.ts';
import { fileKeks } from '../../shared/server/kek.ts';
import { listen } from '../../shared/server/listen.ts';
import { createLog, type Log } from '../../shared/server/log.ts';
import { nodeCrypto, nodeSigner } from '../../shared/server/node-crypto.ts';
import { nodeInflate } from '../../shared/server/node-inflate.ts';
import { safeFetch } from '../../shared/server/safe-fetch.ts';
import { type TrustedIssuer, x509Hash } from '../../shared/trust/index.ts';
import { putToken, tokenPrefixes } from '../../verifier/access/index.ts';
import { requestTimes, type VerifierConfig } from '../../verifier/config.ts';
import { migrations } from '../../verifier/migrations/index.ts';
import type { VerifierTables } from '../../verifier/tables.ts';
import { createVerifier } from '../../verifier/verifier.ts';
import { freePort } from './free-port.ts';
import { startTestIssuer, type TestIssuer } from './issuer.ts';
import { type Answer, call } from './verifier.ts';
import { createTestWallet, type TestWallet } from './wallet.ts';

export interface WorldOptions {
  readonly issuerDatabaseUrl?: string;
  readonly verifierDatabaseUrl?: string;
  readonly clock?: Clock;
  readonly statusMaxAge?: number;
  readonly verifier?: Partial<VerifierConfig>;
  /** The issuer as others see it, when it is not the one in this process. */
  readonly issuerUrl?: string;
}

export interface World {
  readonly folder: string;
  readonly issuer: TestIssuer;
  readonly verifierUrl: string;
  readonly trusted: TrustedIssuer;
  /** Every line either service logged. */
  readonly logLines: readonly string[];
  wallet(): Promise<TestWallet>;
  /** A relying party's program calling the verifier. */
  api(method: string, path: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

export const configurations = {
  'dc+sd-jwt': 'resident-id-sd-jwt',
  jwt_vc_json: 'resident-id-vc-jwt',
} as const;

/** What a relying party or a wallet is told about an issuer of ours. */
export function trustIn(url: string, anchorPem: string): TrustedIssuer {
  return {
    id: url,
    dids: [didWebOf(url)],
    anchors: [anchorPem],
    types: [`${url}/types/resident-id/1`, `${url}/types/driving-licence/1`, 'ResidentIdCredential'],
    name: { 'zh-Hans': '示例市公安局', en: 'Example City Public Security Bureau' },
  };
}

/** A wallet of nobody's yet that believes these issuers and relying-party roots and speaks to these origins. */
export function walletTrusting(
  issuers: readonly TrustedIssuer[],
  options: { readonly connect: readonly string[]; readonly anchors?: readonly string[]; readonly clock?: Clock },
): Promise<TestWallet> {
  return createTestWallet({
    clock: options.clock ?? systemClock,
    configuration: {
      issuers: issuers.map((issuer) => ({
        ...issuer,
        dids: [...issuer.dids],
        anchors: [...issuer.anchors],
        types: [...issuer.types],
        compromisedKeys: [],
      })),
      relyingPartyAnchors: [...(options.anchors ?? [])],
      connectOrigins: [...options.connect],
      httpOrigins: [...options.connect],
    },
  });
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const clock = options.clock ?? systemClock;
  const folder = await mkdtemp(join(tmpdir(), 'hufu-world-'));
  const logLines: string[] = [];
  const log = (service: 'issuer' | 'verifier'): Log =>
    createLog({ service, clock, write: (line) => logLines.push(line) });

  const issuer = await startTestIssuer({
    dataDir: join(folder, 'issuer'),
    clock,
    log: log('issuer'),
    ...(options.issuerDatabaseUrl !== undefined && { databaseUrl: options.issuerDatabaseUrl }),
    ...(options.issuerUrl !== undefined && { baseUrl: options.issuerUrl }),
  });
  const caDir = join(folder, 'ca');
  const roots = await ensureDevelopmentRoots(caDir, { clock });
  const trusted = trustIn(issuer.url, roots.credential);
  const port = await freePort();
  const verifierUrl = `http://localhost:${port}`;
  const crypto = nodeCrypto();
  const db = await openDatabase<VerifierTables>({ url: options.verifierDatabaseUrl ?? ':memory:', migrations });
  const party = await ensureDevelopmentRelyingParty(caDir, { baseUrl: verifierUrl, name: '望江酒店' }, { clock });
  const chain = party.x5c.map((entry) => decodeBase64(entry));
  const verifier = createVerifier({
    config: {
      baseUrl: verifierUrl,
      mode: 'demo',
      organisation: '望江酒店',
      walletPresentUrl: 'http://wallet.localhost:4030/present',
      trustedIssuers: [trusted],
      types: { vctValues: [`${issuer.url}/types/resident-id/1`], typeValues: [['ResidentIdCredential']] },
      allowOrigins: [new URL(issuer.url).origin],
      statusMaxAge: options.statusMaxAge,
      trustProxy: 0,
      times: requestTimes,
      ...options.verifier,
    },
    db,
    envelope: createEnvelope({
      app: 'verifier',
      env: verifierUrl,
      keks: fileKeks(join(folder, 'verifier')),
      blindIndexKey: randomBytes(32),
      clock,
    }),
    clock,
    crypto,
    log: log('verifier'),
    fetchText: safeFetch({ allowOrigins: [new URL(issuer.url).origin] }),
    inflate: nodeInflate,
    access: {
      signer: nodeSigner(party.privateKeyPem),
      chain,
      clientId: `x509_hash:${x509Hash(chain[0] ?? new Uint8Array(), crypto)}`,
    },
    organisation: '望江酒店',
    demoDesk: undefined,
    pagesFolder: undefined,
  });
  const listening = await listen(verifier.handler, { host: '127.0.0.1', port });
  const { token, tokenHash } = createBearerToken(tokenPrefixes['relying-party']);
  const row = { id: 'front-desk', kind: 'relying-party', name: 'front desk', returnOrigins: [] } as const;
  await putToken(db.kysely, row, tokenHash, clock.now());

  const origins = [new URL(issuer.url).origin, verifierUrl];
  return {
    folder,
    issuer,
    verifierUrl,
    trusted,
    logLines,
    wallet: () => walletTrusting([trusted], { connect: origins, anchors: [roots.access], clock }),
    api: (method, path, body) =>
      call(verifierUrl + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async close() {
      await listening.close();
      await verifier.close();
      await issuer.close();
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
