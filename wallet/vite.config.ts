import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));

/**
 * Writes into the service worker which files make up the shell, each with its hash: it takes no others, and none whose
 * bytes differ. The page itself is among them; what is personal never is.
 */
function shellManifest(): Plugin {
  return {
    name: 'hufu-shell-manifest',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle['sw.js'];
        if (worker?.type !== 'chunk') throw new TypeError('sw.js expected');
        const shell: Record<string, string> = {};
        for (const name of readdirSync(`${root}public`))
          shell[`/${name}`] = integrity(readFileSync(`${root}public/${name}`));
        for (const [name, file] of Object.entries(bundle)) {
          if (name === 'sw.js' || name.endsWith('.map')) continue;
          const content = file.type === 'chunk' ? file.code : file.source;
          shell[name === 'index.html' ? '/' : `/${name}`] = integrity(content);
        }
        worker.code = worker.code.replace(/["'`]__SHELL__["'`]/, JSON.stringify(JSON.stringify(shell)));
      },
    },
  };
}

function integrity(content: string | Uint8Array): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}

export default defineConfig({
  root,
  publicDir: 'public',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [shellManifest()],
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: false,
    rollupOptions: {
      input: { index: `${root}index.html`, sw: `${root}sw.ts`, argon2: `${root}vault/argon2.worker.ts` },
      output: {
        entryFileNames: ({ name }) => (name === 'sw' || name === 'argon2' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
