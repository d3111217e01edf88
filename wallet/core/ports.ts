import type { Clock } from '../../shared/clock.ts';
import type { DidKeys } from '../../shared/did/index.ts';
import type { FetchText } from '../../shared/fetch.ts';
import type { Crypto } from '../../shared/keys/index.ts';
import type { StatusChecker } from '../../shared/status-list/index.ts';
import type { IssuerTrust } from '../../shared/trust/index.ts';
import type { Vault } from '../vault/index.ts';
import type { WalletConfiguration } from './configuration.ts';

/** Everything the core may do to the world. No page, no framework, no globals. */
export interface WalletPorts {
  readonly configuration: WalletConfiguration;
  /** The wallet's own address, for links that open it. */
  readonly origin: string;
  readonly fetchText: FetchText;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly dids: DidKeys;
  readonly trust: IssuerTrust;
  readonly status: StatusChecker;
  /** Lets time pass, so that an answer does not tell by its speed what it is an answer to. */
  readonly pause: (milliseconds: number) => Promise<void>;
}
