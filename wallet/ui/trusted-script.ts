/**
 * The one Trusted Types policy of the wallet (`trusted-types wallet#1`), and what it lets through: the addresses of our
 * own service worker and of our own Worker. Nothing else in the page makes script, and nothing makes HTML from text.
 */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(address: string): string },
  ): { createScriptURL(address: string): string };
}

function isTrustedTypes(value: unknown): value is TrustedTypes {
  return typeof value === 'object' && value !== null && 'createPolicy' in value;
}

const rules = {
  createScriptURL(address: string): string {
    const url = new URL(address, location.href);
    const own = url.origin === location.origin && url.search === '' && url.hash === '';
    if (!own || !/^\/(sw|argon2)\.js$/.test(url.pathname)) throw new TypeError('script address');
    return url.href;
  },
};

const factory: unknown = Reflect.get(globalThis, 'trustedTypes');
const policy = isTrustedTypes(factory) ? factory.createPolicy('wallet#1', rules) : rules;

/** An address of ours as script address; a TypeError for any other. */
export function ownScript(address: string): string {
  return policy.createScriptURL(address);
}
