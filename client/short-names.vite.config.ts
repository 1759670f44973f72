import { minifySync } from 'rolldown/utils';
import type { Plugin } from 'vite';

/**
 * Properties that only the modules of the library use. No name of an option, an event, a frame, a message between tabs or an
 * object of the platform: these must stay.
 */
const INTERNAL =
  /^(accept|activity|connect|enter|iterate|load|onActivity|onItem|onListener|onOpen|onState|openedBefore|stopBufferingWithoutLoop|wake)$/;

/** Minifies all chunks, and gives internal properties short names, the same in each chunk. Rolldown can do that for one chunk only. */
export function minifyWithShortNames(): Plugin {
  return {
    name: 'minify-with-short-names',
    generateBundle(_options, bundle) {
      let cache = {};
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        const { code, errors, mangleCache } = minifySync(chunk.fileName, chunk.code, {
          module: true,
          mangleProps: { include: INTERNAL, cache },
        });
        if (errors.length > 0) throw new Error(`${chunk.fileName}: ${errors[0].message}`);
        chunk.code = code;
        cache = mangleCache ?? cache;
      }
    },
  };
}
