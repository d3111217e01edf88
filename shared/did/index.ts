/**
 * Decentralized identifiers: DID Core 1.0 with did:jwk, did:key and did:web, resolved through did-resolver.
 * A key leaves this room only for a purpose its document names.
 */
export { didJwkOf } from './did-jwk.ts';
export { createDidKeys, type DidKeys } from './did-keys.ts';
export { didWebOf } from './did-web.ts';
