import { type Clock, systemClock } from '../../shared/clock.ts';
import type { Path } from '../../shared/dcql/index.ts';
import { createDidKeys } from '../../shared/did/index.ts';
import type { FetchText } from '../../shared/fetch.ts';
import { nodeCrypto } from '../../shared/server/node-crypto.ts';
import { safeFetch } from '../../shared/server/safe-fetch.ts';
import { createStatusChecker, webInflate } from '../../shared/status-list/index.ts';
import { createIssuerTrust } from '../../shared/trust/index.ts';
import { type Answered, answerRequest } from '../../wallet/core/answer.ts';
import type { WalletConfiguration } from '../../wallet/core/configuration.ts';
import {
  decisionsOf,
  initialSelection,
  type Selection,
  selectedParts,
  toggleClaim,
} from '../../wallet/core/consent.ts';
import { keepPreview } from '../../wallet/core/keep.ts';
import { readLink } from '../../wallet/core/link.ts';
import { type OpenedOffer, openOffer } from '../../wallet/core/offer.ts';
import type { WalletPorts } from '../../wallet/core/ports.ts';
import { type OpenedRequest, openRequest } from '../../wallet/core/present.ts';
import { type Preview, receiveOffer } from '../../wallet/core/receive.ts';
import { openVault, type TestVault, walletOrigin } from './vault.ts';

/** The real wallet core in this process: real keys, real sealing, a software passkey, no page. */
export interface TestWallet extends TestVault {
  readonly ports: WalletPorts;
  /** Every address the wallet asked for, in order. */
  readonly asked: readonly string[];
  openOffer(link: string): Promise<OpenedOffer>;
  /** Redeems an offer up to the preview; nothing is stored yet. */
  preview(link: string, options?: { readonly txCode?: string }): Promise<Preview>;
  /** Redeems an offer and keeps what came: the ids of the cards. */
  receive(link: string, options?: { readonly txCode?: string }): Promise<readonly string[]>;
  openRequest(link: string): Promise<OpenedRequest>;
  /** Answers a request as a person who agrees to what is preselected, and ticks these optional claims besides. */
  show(
    link: string,
    options?: { readonly tick?: readonly Path[] },
  ): Promise<Answered & { readonly opened: OpenedRequest }>;
  /** A second wallet page over the same vault: as after a reload, unlocked again. */
  reopen(): Promise<TestWallet>;
}

export interface TestWalletOptions {
  readonly configuration: WalletConfiguration;
  readonly fetchText?: FetchText;
  readonly clock?: Clock;
}

export async function createTestWallet(options: TestWalletOptions): Promise<TestWallet> {
  return walletOver(await openVault(), options);
}

function walletOver(test: TestVault, options: TestWalletOptions): TestWallet {
  const { configuration, clock = systemClock } = options;
  const crypto = nodeCrypto();
  const outside = options.fetchText ?? safeFetch({ allowOrigins: configuration.connectOrigins });
  const asked: string[] = [];
  const fetchText: FetchText = (url, request) => {
    asked.push(url);
    return outside(url, request);
  };
  const dids = createDidKeys({ clock, fetchText, allowOrigins: configuration.httpOrigins });
  const trust = createIssuerTrust({ issuers: configuration.issuers, dids, clock, crypto });
  const ports: WalletPorts = {
    configuration,
    origin: walletOrigin,
    fetchText,
    crypto,
    clock,
    vault: test.vault,
    dids,
    trust,
    status: createStatusChecker({ fetchText, trust, crypto, clock, inflate: webInflate() }),
    pause: async () => {},
  };
  const wallet: TestWallet = Object.assign(Object.create(test), {
    ports,
    asked,
    async openOffer(text: string) {
      const link = readLink(text, ports);
      if (link.kind !== 'offer') throw new TypeError('an offer link is expected');
      return openOffer(link, ports);
    },
    async preview(text: string, answer = {}) {
      return receiveOffer(await wallet.openOffer(text), answer, ports);
    },
    async receive(text: string, answer = {}) {
      return keepPreview(await wallet.preview(text, answer), ports);
    },
    async openRequest(text: string) {
      const link = readLink(text, ports);
      if (link.kind !== 'request') throw new TypeError('a request link is expected');
      return openRequest(link.link, ports);
    },
    async show(text: string, wish: { readonly tick?: readonly Path[] } = {}) {
      const opened = await wallet.openRequest(text);
      const decisions = decisionsOf(opened, clock.now());
      let selection: Selection = initialSelection(decisions);
      for (const path of wish.tick ?? []) {
        for (const part of selectedParts(decisions, selection)) selection = toggleClaim(part, selection, path);
      }
      return { ...(await answerRequest(opened, decisions, selection, ports)), opened };
    },
    async reopen() {
      const vault = await test.reload();
      await vault.unlock();
      return walletOver(Object.assign(Object.create(test), { vault }), options);
    },
  } satisfies Omit<TestWallet, keyof TestVault>);
  return wallet;
}
