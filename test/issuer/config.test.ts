import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readIssuerConfig } from '../../issuer/config.ts';
import { openIssuerKeys } from '../../issuer/keys/index.ts';
import { type Clock, fixedClock, systemClock } from '../../shared/clock.ts';
import { ConfigError } from '../../shared/server/config.ts';
import { ensureDevelopmentIssuer } from '../../shared/server/dev-ca.ts';
import { runCommand } from '../support/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'hufu-issuer-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readIssuerConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return [...error.faults].sort();
    throw error;
  }
};

describe('configuration', () => {
  it('of a demo needs an address and nothing else', () => {
    const { config, place } = readIssuerConfig({ BASE_URL: 'http://localhost:4010/', MODE: 'demo' });
    expect(config).toMatchObject({ baseUrl: 'http://localhost:4010', mode: 'demo', trustProxy: 0 });
    expect(place).toMatchObject({
      host: '127.0.0.1',
      port: 4010,
      dataDir: 'data/issuer',
      tls: undefined,
      credential: undefined,
    });
  });

  it('reports all faults at once, by name', () => {
    expect(
      faultsOf({
        BASE_URL: 'ftp://secret.example',
        MODE: 'holiday',
        PORT: '70000',
        TRUST_PROXY: 'x',
        TLS_CERT_FILE: '/c',
        ISSUER_KEY_FILE: '/k',
      }),
    ).toEqual([
      'BASE_URL: not valid',
      'ISSUER_CHAIN_FILE: missing',
      'MODE: not valid',
      'PORT: not valid',
      'TLS_KEY_FILE: missing',
      'TRUST_PROXY: not valid',
    ]);
    expect(faultsOf({})).toEqual(['BASE_URL: missing', 'ISSUER_KEY_FILE: missing']);
  });

  it.each(['http://a.example?x=1', 'http://a.example#x', 'http://u@a.example', 'a.example', 'https://'])(
    'refuses %s as an address',
    (address) => {
      expect(faultsOf({ BASE_URL: address, MODE: 'demo' })).toEqual(['BASE_URL: not valid']);
    },
  );

  it('production refuses what belongs to the demo, and says which', () => {
    expect(faultsOf({ BASE_URL: 'http://issuer.example', MODE: 'production' })).toEqual([
      'BASE_URL: not valid',
      'ISSUER_KEY_FILE: missing',
    ]);
    expect(faultsOf({ BASE_URL: 'https://issuer.example', ISSUER_KEY_FILE: '/k', ISSUER_CHAIN_FILE: '/c' })).toEqual(
      [],
    );
  });
});

describe('keys', () => {
  const place = (more: object = {}) => ({
    host: '127.0.0.1',
    port: 0,
    dataDir: join(folder, 'issuer'),
    databaseUrl: undefined,
    tls: undefined,
    credential: undefined,
    ...more,
  });
  const config = (mode: 'demo' | 'production', baseUrl = 'https://issuer.example') => ({
    baseUrl,
    mode,
    name: { 'zh-Hans': '发', en: 'I' },
    walletReceiveUrl: undefined,
    trustProxy: 0,
  });

  it('are made once and found again', async () => {
    const [first, again] = [
      await openIssuerKeys(config('demo'), place(), systemClock),
      await openIssuerKeys(config('demo'), place(), systemClock),
    ];
    expect(again.credential.kid).toBe(first.credential.kid);
    expect(again.requestKey).toEqual(first.requestKey);
    expect([again.nonceKey, again.offerKey, again.blindIndexKey]).toEqual([
      first.nonceKey,
      first.offerKey,
      first.blindIndexKey,
    ]);
    expect(new Set([first.nonceKey, first.offerKey, first.blindIndexKey].map(String)).size).toBe(3);
    expect(first.requestKey.publicJwk).not.toHaveProperty('d');
  });

  it('a chain is refused when it is of the demo, of another key or address, holds its anchor, or is none', async () => {
    const made = await ensureDevelopmentIssuer(join(folder, 'ca'), 'https://issuer.example');
    const pem = (base64: string) => `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
    const leaf = pem(made.x5c[0] ?? '');
    const other = await ensureDevelopmentIssuer(join(folder, 'ca'), 'https://other.example');
    const open = (
      mode: 'demo' | 'production',
      chain: string,
      key = made.privateKeyPem,
      baseUrl?: string,
      clock: Clock = systemClock,
    ) => {
      const [keyFile, chainFile] = [join(folder, `${Math.random()}.key`), join(folder, `${Math.random()}.pem`)];
      writeFileSync(keyFile, key, { mode: 0o600 });
      writeFileSync(chainFile, chain);
      return openIssuerKeys(config(mode, baseUrl), place({ credential: { keyFile, chainFile } }), clock);
    };
    const refused = (act: Promise<unknown>, fault: string) =>
      expect(act).rejects.toMatchObject({ faults: [`ISSUER_CHAIN_FILE: ${fault}`] });
    await expect(open('demo', leaf)).resolves.toMatchObject({ credential: { x5c: made.x5c, notAfter: made.notAfter } });
    await refused(open('production', leaf), 'development certificate');
    await refused(open('demo', leaf, other.privateKeyPem), 'not for this key');
    await refused(open('demo', leaf, made.privateKeyPem, 'https://third.example'), 'not for this address');
    await refused(open('demo', leaf + made.anchorPem), 'contains its anchor');
    await refused(open('demo', ''), 'no certificate');
    const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await refused(open('demo', leaf, ed25519), 'not for ES256');
    for (const now of [made.notAfter, made.notAfter - 1000 * 86_400]) {
      await refused(open('demo', leaf, made.privateKeyPem, undefined, fixedClock(now)), 'not valid now');
    }
    await expect(
      open('demo', leaf, made.privateKeyPem, undefined, fixedClock(made.notAfter - 1)),
    ).resolves.toBeDefined();
  });

  it('a request key that is none is refused', async () => {
    const dataDir = join(folder, 'broken');
    await openIssuerKeys(config('demo'), place({ dataDir }), systemClock);
    const file = join(dataDir, 'keys', 'request-encryption.json');
    expect(existsSync(file)).toBe(true);
    writeFileSync(file, readFileSync(file, 'utf8').replace('P-256', 'P-384'), { mode: 0o600 });
    await expect(openIssuerKeys(config('demo'), place({ dataDir }), systemClock)).rejects.toMatchObject({
      code: 'key_file',
    });
  });
});

describe('the program', () => {
  it('does not start with faults, names them and prints no value', async () => {
    const { code, stderr, stdout } = await runCommand('issuer/main.ts', [], {
      BASE_URL: 'ftp://very-secret.example',
      PORT: '99999999',
    });
    expect(code).toBe(1);
    expect(stderr.trim().split('\n').sort()).toEqual([
      'BASE_URL: not valid',
      'ISSUER_KEY_FILE: missing',
      'PORT: not valid',
    ]);
    expect(stdout + stderr).not.toMatch(/very-secret|99999999/);
  });

  it('reads a file, and the environment over it', async () => {
    const file = join(folder, 'issuer.json');
    writeFileSync(file, JSON.stringify({ BASE_URL: 'http://localhost:1', MODE: 'demo', MISTYPED: 1 }));
    const { code, stderr } = await runCommand('issuer/main.ts', [], { CONFIG_FILE: file, PORT: 'x' });
    expect([code, stderr.trim().split('\n').sort()]).toEqual([1, ['MISTYPED: unknown', 'PORT: not valid']]);
  });
});
