/** Every event the programs may log, with its fields. No field may carry claims, tokens, codes, nonces, keys or texts. */
import type { Code } from '../errors.ts';

export interface Events {
  // every service
  'service.started': { readonly url: string; readonly ms: number };
  'service.stopped': Record<string, never>;
  'service.failed': { readonly code: Code };
  'http.request': {
    readonly requestId: string;
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly ms: number;
  };
  'http.refused': { readonly requestId: string; readonly route: string; readonly status: number; readonly code: Code };
  /** Where a fault we did not expect came from: a class name and a place in our own sources, never a message. */
  'http.failed': { readonly requestId: string; readonly route: string; readonly kind: string; readonly place: string };
  'sweep.done': { readonly task: string; readonly removed: number; readonly ms: number };
  'sweep.failed': { readonly task: string; readonly code: Code };
  'pages.built': { readonly files: number; readonly ms: number };
  // issuer
  // verifier
  // wallet
  /** A browser refused something the policy does not allow. What it was is not kept: it could be personal. */
  'wallet.csp_report': Record<string, never>;
}

export type EventName = keyof Events;
