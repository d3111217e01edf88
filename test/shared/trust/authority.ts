import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { encodeBase64 } from '../../../shared/encoding/index.ts';
import type { Signer } from '../../../shared/keys/index.ts';
import { nodeSigner } from '../../../shared/server/node-crypto.ts';

/** Certificates of every kind, good and bad: a small authority for tests. */
export const now = 1_800_000_000;
export const day = 86_400;

export interface Issued {
  readonly certificate: x509.X509Certificate;
  readonly keys: CryptoKeyPair;
  /** DER in base64, as in `x5c`. */
  readonly text: string;
}

export interface Wish {
  readonly subject?: string;
  /** The name the certificate says it is from; the real issuer's unless given. */
  readonly issuerName?: string;
  readonly issuer?: Issued;
  readonly keys?: CryptoKeyPair;
  readonly ca?: boolean | undefined;
  readonly pathLength?: number;
  readonly usages?: number | undefined;
  readonly uris?: readonly string[];
  readonly dns?: readonly string[];
  readonly from?: number;
  readonly until?: number;
  readonly hash?: 'SHA-256' | 'SHA-384';
  readonly authorityKey?: CryptoKey | null;
  /** Without a subject key identifier, by false. */
  readonly keyId?: boolean;
  readonly extra?: readonly x509.Extension[];
}

export const flags = x509.KeyUsageFlags;

export function keys(namedCurve = 'P-256'): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve }, true, ['sign', 'verify']);
}

export async function issue(wish: Wish): Promise<Issued> {
  const own = wish.keys ?? (await keys());
  const signing = wish.issuer?.keys ?? own;
  const subject = wish.subject ?? 'CN=leaf';
  const names = [
    ...(wish.dns ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(wish.uris ?? []).map((value) => ({ type: 'url' as const, value })),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: wish.issuerName ?? wish.issuer?.certificate.subjectName ?? subject,
    notBefore: new Date((wish.from ?? now - day) * 1000),
    notAfter: new Date((wish.until ?? now + 30 * day) * 1000),
    publicKey: own.publicKey,
    signingKey: signing.privateKey,
    signingAlgorithm: { name: 'ECDSA', hash: wish.hash ?? 'SHA-256' },
    extensions: [
      ...(wish.ca === undefined ? [] : [new x509.BasicConstraintsExtension(wish.ca, wish.pathLength, true)]),
      ...(wish.usages === undefined ? [] : [new x509.KeyUsagesExtension(wish.usages, true)]),
      ...(wish.keyId === false ? [] : [await x509.SubjectKeyIdentifierExtension.create(own.publicKey)]),
      ...(wish.authorityKey === null
        ? []
        : [await x509.AuthorityKeyIdentifierExtension.create(wish.authorityKey ?? signing.publicKey)]),
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
      ...(wish.extra ?? []),
    ],
  });
  return { certificate, keys: own, text: encodeBase64(new Uint8Array(certificate.rawData)) };
}

export function root(wish: Wish = {}): Promise<Issued> {
  return issue({ subject: 'CN=root', ca: true, usages: flags.keyCertSign, until: now + 3650 * day, ...wish });
}

export function intermediate(issuer: Issued, wish: Wish = {}): Promise<Issued> {
  return issue({ subject: 'CN=intermediate', issuer, ca: true, usages: flags.keyCertSign, ...wish });
}

export function leaf(issuer: Issued, wish: Wish = {}): Promise<Issued> {
  return issue({ issuer, ca: false, usages: flags.digitalSignature, uris: ['https://issuer.example'], ...wish });
}

export async function signerOf(issued: Issued): Promise<Signer> {
  const jwk = await crypto.subtle.exportKey('jwk', issued.keys.privateKey);
  const { kty = '', crv = '', x = '', y = '', d = '' } = jwk;
  return nodeSigner({ kty, crv, x, y, d });
}
