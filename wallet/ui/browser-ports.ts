import { systemClock } from '../../shared/clock.ts';
import { createDidKeys } from '../../shared/did/index.ts';
import { browserFetch } from '../../shared/fetch.ts';
import { webCrypto } from '../../shared/keys/index.ts';
import { createStatusChecker, webInflate } from '../../shared/status-list/index.ts';
import { createIssuerTrust } from '../../shared/trust/index.ts';
import type { WalletConfiguration } from '../core/configuration.ts';
import type { WalletPorts } from '../core/ports.ts';
import type { Vault } from '../vault/index.ts';

export function browserPorts(configuration: WalletConfiguration, vault: Vault): WalletPorts {
  const crypto = webCrypto();
  const clock = systemClock;
  const fetchText = browserFetch();
  const dids = createDidKeys({ clock, fetchText, allowOrigins: configuration.httpOrigins });
  const trust = createIssuerTrust({ issuers: configuration.issuers, dids, clock, crypto });
  return {
    configuration,
    origin: location.origin,
    fetchText,
    crypto,
    clock,
    vault,
    dids,
    trust,
    status: createStatusChecker({ fetchText, trust, crypto, clock, inflate: webInflate() }),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  };
}
