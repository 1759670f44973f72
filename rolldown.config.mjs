import { defineConfig } from 'rolldown';

/** Optional packages of Nest that this program does not use. Nest tries to import them and goes on without them. */
const NOT_INSTALLED = [/^@nestjs\/(microservices|platform-socket\.io)/, /^class-(transformer|validator)/];

// A bundle starts in less than half the time of a thousand small files. It is not minified, so that stack traces stay
// readable. tsconfig.json turns on decorators and the constructor types that Nest injects by.
export default defineConfig({
  // A worker thread starts from a file.
  input: {
    main: 'src/main.ts',
    'router.worker': 'src/broker/router.worker.ts',
    'journal.worker': 'src/journal/journal.worker.ts',
  },
  platform: 'node',
  // zeromq finds its binary beside its own files. Nest's WsAdapter imports ws by name and must get the same copy.
  external: ['zeromq', 'ws', ...NOT_INSTALLED],
  output: { dir: 'dist', chunkFileNames: 'lib/[name].js', sourcemap: true },
});
