/**
 * Secrets in files: made at first start with mode 0600, never in the environment or the configuration. A file that
 * others may read, that belongs to somebody else, that is a link, or that has the wrong length is refused as
 * `key_file`: a program must not run on a key it cannot vouch for.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { HufuError } from '../errors.ts';

/** The bytes of `file`, made of `length` random bytes when there is none yet. Safe when two processes start at once. */
export function loadOrCreateSecret(file: string, length: number): Uint8Array<ArrayBuffer> {
  const secret = loadOrCreateFile(file, () => randomBytes(length));
  if (secret.length !== length) throw new HufuError('key_file', { at: file });
  return secret;
}

/** The text of `file` (a PEM or a JWK), made by `create` when there is none yet. */
export function loadOrCreateText(file: string, create: () => string): string {
  return new TextDecoder().decode(loadOrCreateFile(file, () => new TextEncoder().encode(create())));
}

/** The bytes of a secret file, or undefined when there is none. */
export function findSecretFile(file: string): Uint8Array<ArrayBuffer> | undefined {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new HufuError('key_file', { at: file, cause: error });
  }
  try {
    const stat = fstatSync(fd);
    const ours = process.getuid === undefined || stat.uid === process.getuid();
    if (!stat.isFile() || !ours || (stat.mode & 0o077) !== 0) throw new HufuError('key_file', { at: file });
    return new Uint8Array(readFileSync(fd));
  } finally {
    closeSync(fd);
  }
}

function loadOrCreateFile(file: string, create: () => Uint8Array): Uint8Array<ArrayBuffer> {
  const known = findSecretFile(file);
  if (known !== undefined) return known;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Written aside and linked into place: a reader never sees half a key, and the first of two writers wins.
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const fd = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    fchmodSync(fd, 0o600);
    writeSync(fd, create());
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  try {
    linkSync(draft, file);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw new HufuError('key_file', { at: file, cause: error });
  } finally {
    rmSync(draft);
  }
  const written = findSecretFile(file);
  if (written === undefined) throw new HufuError('key_file', { at: file });
  return written;
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
