import { defineConfig } from 'vite';

/** The issuer's pages; each folder is a root of its own. Everything becomes files of our own, nothing inline. */
export default defineConfig({
  // Relative, so that the issuer may live below a path.
  base: './',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: 'es2023' },
});
