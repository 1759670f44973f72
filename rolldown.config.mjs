import { defineConfig } from 'rolldown';
import { licenses } from './scripts/licenses.mjs';

/** Packages that Nest looks for when a program uses the feature they belong to; this one doesn't. */
const ABSENT = [/^@nestjs\/(microservices|platform-socket\.io)/, /^class-(transformer|validator)/];

// Loading a thousand small files is most of a start: as one bundle the monitor is ready in less than half the time.
// It is not minified, so that a stack trace still says where.
export default defineConfig({
  // A thread needs a file of its own to start from.
  input: { main: 'build/main.js', receiver: 'build/broker/router.worker.js' },
  platform: 'node',
  // zeromq finds its binary beside its own files, and Nest's WsAdapter loads ws by name: it has to be the same one.
  external: ['zeromq', 'ws', ...ABSENT],
  plugins: [licenses()],
  // As deep as src/page and the like, which look for dist/web from where they are.
  output: { dir: 'dist', chunkFileNames: 'lib/[name].js' },
});
