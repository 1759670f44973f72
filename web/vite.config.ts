import { defineConfig, type Plugin } from 'vite';

/** Replaces Vite's loader of chunks, which takes 600 bytes to load the stylesheets of a chunk. No chunk has a stylesheet. */
const plainImports: Plugin = {
  name: 'plain-imports',
  enforce: 'pre',
  load: (id) => (id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load();' : null),
};

/** Builds `dist/web/`: the page of a job, the page that asks for a job, and their hashed assets. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  plugins: [plainImports],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy of the page allows no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: { input: ['index.html', 'start.html'].map((name) => `${import.meta.dirname}/${name}`) },
  },
  experimental: {
    // Paths below the prefix: `/` is the start page, `/channels/<id>` the page of a job, `/assets/` the folder of all
    // assets.
    renderBuiltUrl: (file, { hostType, hostId }) => {
      if (hostType !== 'html') return { relative: true };
      return hostId.endsWith('start.html') ? `./${file}` : `../${file}`;
    },
  },
});
