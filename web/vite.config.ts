import { defineConfig } from 'vite';

/** Builds `dist/web/`: the page and its hashed assets. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the page allows no data: URL.
    assetsInlineLimit: 0,
    modulePreload: false,
  },
  experimental: {
    // The page lives at <any prefix>/channels/<id>, its assets at <the same prefix>/assets/.
    renderBuiltUrl: (file, { hostType }) => (hostType === 'html' ? `../${file}` : { relative: true }),
  },
});
