/**
 * One decision about a path, made before anything else sees it. No address of ours needs an escape, so there is none:
 * a path is what it looks like to us, to a proxy and to a cache (NC-111). Everything else does not exist.
 */
const segment = /^[A-Za-z0-9._~:-]{1,200}$/;

export interface Target {
  readonly path: string;
  /** Without the question mark; undefined when there was none. */
  readonly query: string | undefined;
}

/** The target of a request line, or undefined where the answer is "not found". */
export function parseTarget(target: string): Target | undefined {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  if (!isPlainPath(path)) return undefined;
  return { path, query: mark === -1 ? undefined : target.slice(mark + 1) };
}

/** Absolute, no empty or dot segments, no dot at the end of a segment, unreserved characters only; `/` at the end is kept. */
export function isPlainPath(path: string): boolean {
  if (!path.startsWith('/')) return false;
  if (path === '/') return true;
  const segments = path.slice(1).split('/');
  if (segments.at(-1) === '') segments.pop();
  return segments.every((part) => segment.test(part) && !part.endsWith('.') && !part.startsWith('..'));
}
