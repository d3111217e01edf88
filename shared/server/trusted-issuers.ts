/** The file that says whom a verifier or a wallet believes (shared/trust, TrustedIssuer), as an operator writes it. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { parseJson } from '../encoding/index.ts';
import type { TrustedIssuer } from '../trust/index.ts';
import { ConfigError } from './config.ts';
import { isDevelopmentCertificate } from './dev-ca.ts';

const issuers = z
  .array(
    z.strictObject({
      id: z.url(),
      dids: z.array(z.string()).readonly(),
      anchors: z.array(z.string()).readonly(),
      types: z.array(z.string()).min(1).readonly(),
      name: z.strictObject({ 'zh-Hans': z.string(), en: z.string() }),
      compromisedKeys: z.array(z.string()).readonly().default([]),
    }),
  )
  .min(1);

/** A list that was named must be there and must name somebody (NC-101). Refused: a ConfigError. */
export function readTrustedIssuers(file: string): readonly TrustedIssuer[] {
  try {
    return issuers.parse(parseJson(readFileSync(file, 'utf8'), { maxBytes: 262_144 }));
  } catch {
    throw new ConfigError(['TRUSTED_ISSUERS_FILE: not valid']);
  }
}

/** Whether somebody in the list belongs to a demo: a plain address, or a development root. */
export function trustsDemo(list: readonly TrustedIssuer[]): boolean {
  return list.some(({ id, anchors }) => id.startsWith('http:') || anchors.some(isDevelopmentCertificate));
}
