/** Issuer, verifier and wallet, each started alone by its own main file, with the trust files an operator would write. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDevelopmentRoots } from '../../shared/server/dev-ca.ts';
import { freePort } from './free-port.ts';
import { runCommand, type ServiceProcess, type Settings, startProcess } from './processes.ts';
import { trustIn } from './world.ts';

export interface ThreeServices {
  readonly folder: string;
  readonly issuerUrl: string;
  readonly verifierUrl: string;
  readonly walletUrl: string;
  readonly issuerSettings: Settings;
  readonly verifierSettings: Settings;
  /** Runs a command of the project and returns what it printed; throws if it failed. */
  command(file: string, args: readonly string[], settings: Settings): Promise<string>;
  close(): Promise<void>;
}

/** Built pages are the same for every run: they stay where the next one finds them. */
const pages = join(import.meta.dirname, '../../node_modules/.cache/hufu-test-pages');

export async function startThreeServices(options: { readonly verifier?: Settings } = {}): Promise<ThreeServices> {
  const folder = await mkdtemp(join(tmpdir(), 'hufu-three-'));
  const [issuerPort, verifierPort, walletPort] = [await freePort(), await freePort(), await freePort()];
  const issuerUrl = `http://localhost:${issuerPort}`;
  const verifierUrl = `http://localhost:${verifierPort}`;
  const walletUrl = `http://wallet.localhost:${walletPort}`;
  const roots = await ensureDevelopmentRoots(join(folder, 'ca'));
  await mkdir(join(folder, 'trust'));
  const issuers = join(folder, 'trust/issuers.json');
  const parties = join(folder, 'trust/relying-parties.pem');
  await writeFile(issuers, JSON.stringify([trustIn(issuerUrl, roots.credential)]));
  await writeFile(parties, roots.access);

  const issuerSettings = {
    MODE: 'demo',
    BASE_URL: issuerUrl,
    PORT: String(issuerPort),
    DATA_DIR: join(folder, 'issuer'),
    WALLET_RECEIVE_URL: `${walletUrl}/receive`,
  };
  const verifierSettings = {
    MODE: 'demo',
    BASE_URL: verifierUrl,
    PORT: String(verifierPort),
    DATA_DIR: join(folder, 'verifier'),
    CA_DIR: join(folder, 'ca'),
    WALLET_PRESENT_URL: `${walletUrl}/present`,
    TRUSTED_ISSUERS_FILE: issuers,
    CREDENTIAL_VCTS: `${issuerUrl}/types/resident-id/1`,
    CREDENTIAL_TYPES: 'ResidentIdCredential',
    ALLOW_ORIGINS: issuerUrl,
    ...options.verifier,
  };
  const walletSettings = {
    MODE: 'demo',
    BASE_URL: walletUrl,
    PORT: String(walletPort),
    DATA_DIR: pages,
    TRUSTED_ISSUERS_FILE: issuers,
    RELYING_PARTY_ANCHORS_FILE: parties,
    CONNECT_ORIGINS: `${issuerUrl} ${verifierUrl}`,
  };
  const running: ServiceProcess[] = [];
  for (const [main, settings] of [
    ['issuer/main.ts', issuerSettings],
    ['verifier/main.ts', verifierSettings],
    ['wallet/main.ts', walletSettings],
  ] as const) {
    running.push(await startProcess(main, settings));
  }
  return {
    folder,
    issuerUrl,
    verifierUrl,
    walletUrl,
    issuerSettings,
    verifierSettings,
    async command(file, args, settings) {
      const { code, stdout, stderr } = await runCommand(file, args, settings);
      if (code !== 0) throw new Error(`${file} ended with ${code}: ${stderr}`);
      return stdout.trim();
    },
    async close() {
      await Promise.all(running.map((service) => service.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
