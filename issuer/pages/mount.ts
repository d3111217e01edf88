/** The web pages of the issuer: a folder of sources each, built into a folder each, served at one address each. */
import { join } from 'node:path';
import { buildPages } from '../../shared/server/build-pages.ts';
import type { Mount } from '../../shared/server/http.ts';
import type { Log } from '../../shared/server/log.ts';
import { type StaticOptions, staticFiles } from '../../shared/server/static-files.ts';
import { pageCsp } from './csp.ts';

/** By folder, which is also the address: what each may do beyond the rest. */
const issuerPages: Readonly<Record<string, Pick<StaticOptions, 'csp' | 'permissions'>>> = {
  account: { csp: pageCsp },
  apply: {
    csp: pageCsp,
    permissions: 'camera=(self), geolocation=(), microphone=(), payment=(), usb=()',
  },
};

/** Builds what has changed since; the folder to give to `pageMounts`. */
export async function buildIssuerPages(outDir: string, log: Log): Promise<string> {
  const here = import.meta.dirname;
  for (const name of Object.keys(issuerPages)) {
    await buildPages({
      root: join(here, name),
      configFile: join(here, 'vite.config.ts'),
      sources: [here, join(here, '../../shared/look'), join(here, '../../package-lock.json')],
      outDir: join(outDir, name),
      log,
    });
  }
  return outDir;
}

export function pageMounts(folder: string): readonly Mount[] {
  return Object.entries(issuerPages).map(([name, may]) => ({
    path: '',
    handler: staticFiles({ folder: join(folder, name), ...may, pages: { [`/${name}`]: 'index.html' } }),
  }));
}
