import { defineConfig } from 'vite';

/** Builds `dist/dashboard/`: the dashboard of the admin listener and its hashed assets. */
export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the dashboard works below any path of a proxy.
  base: './',
  publicDir: false,
  build: {
    outDir: '../../dist/dashboard',
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy allows no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: false,
  },
});
