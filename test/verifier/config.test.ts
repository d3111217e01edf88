import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../shared/server/config.ts';
import { ensureDevelopmentRoots } from '../../shared/server/dev-ca.ts';
import { silentLog } from '../../shared/server/log.ts';
import { readVerifierConfig } from '../../verifier/config.ts';
import { startVerifier } from '../../verifier/start.ts';
import { freePort } from '../support/free-port.ts';
import { runCommand } from '../support/processes.ts';
import { call } from '../support/verifier.ts';

const folder = mkdtempSync(join(tmpdir(), 'hufu-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const roots = await ensureDevelopmentRoots(join(folder, 'ca'));

function trustFile(list: unknown): string {
  const file = join(folder, `trust-${crypto.randomUUID()}.json`);
  writeFileSync(file, JSON.stringify(list));
  return file;
}
const issuer = {
  id: 'http://localhost:4010',
  dids: ['did:web:localhost%3A4010'],
  anchors: [roots.credential],
  types: ['urn:x'],
  name: { 'zh-Hans': '示例', en: 'Example' },
};
const honest = {
  MODE: 'demo',
  BASE_URL: 'http://localhost:4020',
  WALLET_PRESENT_URL: 'http://wallet.localhost:4030/present',
  TRUSTED_ISSUERS_FILE: trustFile([issuer]),
  CREDENTIAL_VCTS: 'http://localhost:4010/types/resident-id/1',
  CREDENTIAL_TYPES: 'ResidentIdCredential',
  ALLOW_ORIGINS: 'http://localhost:4010',
};

function faults(settings: Record<string, string>): readonly string[] {
  try {
    readVerifierConfig(settings);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.faults : ['not a ConfigError'];
  }
}

describe('the settings', () => {
  it('are taken when they are whole', () => {
    const { config, place } = readVerifierConfig({ ...honest, BASE_URL: 'http://localhost:4020/' });
    expect(config).toMatchObject({ baseUrl: 'http://localhost:4020', statusMaxAge: undefined, trustProxy: 0 });
    expect(config.types).toEqual({ vctValues: [honest.CREDENTIAL_VCTS], typeValues: [['ResidentIdCredential']] });
    expect(place).toMatchObject({ host: '127.0.0.1', port: 4020, access: undefined, tls: undefined });
  });

  it('are refused all at once, by name and without values', () => {
    const secret = 'hunter2-not-a-number';
    const { WALLET_PRESENT_URL: _, ...rest } = honest;
    const found = faults({
      ...rest,
      PORT: secret,
      STATUS_MAX_AGE: '-1',
      TLS_CERT_FILE: secret,
      ALLOW_ORIGINS: `${secret}/x`,
    });
    expect(found.join()).not.toContain(secret);
    expect(found.map((fault) => fault.split(':')[0] ?? '').sort()).toEqual([
      'ALLOW_ORIGINS',
      'PORT',
      'STATUS_MAX_AGE',
      'TLS_KEY_FILE',
      'WALLET_PRESENT_URL',
    ]);
    expect(faults({})).toContain('BASE_URL: missing');
  });

  it('of production hold nothing of the demo', () => {
    const production = { ...honest, MODE: 'production' };
    expect(faults(production).map((fault) => fault.split(':')[0])).toEqual([
      'BASE_URL',
      'ACCESS_KEY_FILE',
      'ALLOW_ORIGINS',
    ]);
    const real = {
      ...production,
      BASE_URL: 'https://desk.example',
      ALLOW_ORIGINS: '',
      ACCESS_KEY_FILE: 'a',
      ACCESS_CHAIN_FILE: 'b',
    };
    expect(faults(real)).toEqual(['TRUSTED_ISSUERS_FILE: of the demo']);
  });

  it('nc-101 name somebody to trust', () => {
    expect(faults({ ...honest, TRUSTED_ISSUERS_FILE: trustFile([]) })).toEqual(['TRUSTED_ISSUERS_FILE: not valid']);
    expect(faults({ ...honest, TRUSTED_ISSUERS_FILE: trustFile([{ ...issuer, types: [] }]) })).toEqual([
      'TRUSTED_ISSUERS_FILE: not valid',
    ]);
    expect(faults({ ...honest, TRUSTED_ISSUERS_FILE: join(folder, 'nowhere.json') })).toEqual([
      'TRUSTED_ISSUERS_FILE: not valid',
    ]);
    expect(faults({ ...honest, CREDENTIAL_VCTS: ' ' })).toEqual(['CREDENTIAL_VCTS: not valid']);
  });
});

describe('a verifier on its own', () => {
  it('starts, keeps its keys and tokens over a restart, and asks under its certificate’s name', async () => {
    const port = await freePort();
    const settings = {
      ...honest,
      BASE_URL: `http://localhost:${port}`,
      PORT: String(port),
      DATA_DIR: join(folder, 'verifier'),
      CA_DIR: join(folder, 'ca'),
      ORGANISATION: '临江宾馆',
    };
    const token = async (args: readonly string[]) =>
      (await runCommand('verifier/token.ts', args, settings)).stdout.trim();
    const program = await token(['--name', '预订系统']);
    const desk = await token(['--name', '前台 2', '--desk']);
    expect([program, desk].map((text) => text.replace(/[A-Za-z0-9_-]{43}$/, ''))).toEqual(['hufu_rp_', 'hufu_desk_']);
    const wrong = await runCommand(
      'verifier/token.ts',
      ['--name', '<b>', '--return', 'https://x.example/path'],
      settings,
    );
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);

    const { config, place } = readVerifierConfig(settings);
    const headers = { authorization: `Bearer ${program}`, 'content-type': 'application/json' };
    const ask = async () => {
      const body = JSON.stringify({ scene: 'hotel', device: 'cross' });
      const { status, json } = await call(`${settings.BASE_URL}/api/requests`, { method: 'POST', headers, body });
      expect(status).toBe(201);
      return new URL(json.qr).searchParams.get('client_id');
    };
    const first = await startVerifier(config, place, { log: silentLog });
    const client = await ask();
    const opened = await call(`${settings.BASE_URL}/api/desk/session`, {
      method: 'POST',
      headers: { origin: settings.BASE_URL, 'content-type': 'application/json' },
      body: JSON.stringify({ token: desk }),
    });
    expect(opened.json).toEqual({ desk: '前台 2', organisation: '临江宾馆' });
    expect((await call(`${settings.BASE_URL}/desk`, {})).text).toContain('<div id="desk">');
    await first.close();
    const second = await startVerifier(config, place, { log: silentLog });
    expect(await ask()).toBe(client);
    await second.close();
  }, 120_000);
});
