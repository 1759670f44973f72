import { defineConfig } from 'vite';

/** Builds `dist/client/client.js`, one minified ES module; the declarations beside it come from `tsc -p client`. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    lib: { entry: 'client.ts', formats: ['es'], fileName: () => 'client.js' },
    outDir: '../dist/client',
    emptyOutDir: true,
    target: 'es2022',
    // In a library Vite leaves white space and local names for the bundler of its user, but browsers load this one as it is.
    rolldownOptions: { output: { minify: true } },
  },
});
