import { defineConfig } from 'vite';
import { minifyWithShortNames } from './short-names.vite.config.ts';

/** Builds `dist/client-package/`: the package of the client library, for bundlers. Rarely needed parts are chunks. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [minifyWithShortNames()],
  publicDir: false,
  build: {
    lib: {
      entry: { client: 'lazy-client.ts', react: 'react.ts', element: 'element.ts' },
      formats: ['es'],
      fileName: (_format, name) => `${name}.js`,
    },
    outDir: '../dist/client-package',
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: {
      external: ['react'],
      output: { minify: false, topLevelVar: false, comments: false, chunkFileNames: '[name].js' },
    },
  },
  resolve: {
    // The adapters share the entry of the package.
    alias: [{ find: /^\.\/client\.js$/, replacement: `${import.meta.dirname}/lazy-client.ts` }],
  },
});
