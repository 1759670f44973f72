import { defineConfig } from 'vite';

/** Builds `dist/web/`: the page of a job, the page that asks for a job, and their hashed assets. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
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
