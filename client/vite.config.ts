import { defineConfig } from 'vite';
import { minifyWithShortNames } from './short-names.vite.config.ts';

/**
 * Builds `dist/client/client.js`, one minified ES module. `tsc -p client` creates the declarations in the same folder.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [minifyWithShortNames()],
  publicDir: false,
  build: {
    lib: { entry: 'client.ts', formats: ['es'], fileName: () => 'client.js' },
    outDir: '../dist/client',
    emptyOutDir: true,
    target: 'es2022',
    // Vite does not minify libraries fully, because a bundler usually follows. Browsers load this file directly.
    rolldownOptions: { output: { minify: false, topLevelVar: false, comments: false } },
  },
});
