import { join } from 'node:path';
import { defineConfig } from 'vite';

/** The desk page. Everything becomes files of our own: the policy of `csp.ts` allows nothing inline. */
export default defineConfig({
  root: join(import.meta.dirname, 'desk'),
  // Relative, so that the verifier may live below a path.
  base: './',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: 'es2023' },
});
