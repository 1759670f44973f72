import { readdirSync, readFileSync } from 'node:fs';

/** The files that the build of `web/` creates. */
export interface BuiltWeb {
  /** The page of a job. */
  readonly html: Buffer;
  /** The start page, which asks for the id of a job. */
  readonly start: Buffer;
  /** By file name, `<name>-<hash>.<ext>`. */
  readonly assets: ReadonlyMap<string, Buffer>;
}

const DIST_WEB = new URL('./', import.meta.resolve('#dist/web/index.html'));

/** Reads all built files; `undefined` if they do not exist, as in a source checkout. */
export function builtWeb(directory: URL = DIST_WEB): BuiltWeb | undefined {
  try {
    const [html, start] = ['index.html', 'start.html'].map((name) => readFileSync(new URL(name, directory)));
    return { html: html!, start: start!, assets: readAssets(directory) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Reads the files in the folder `assets` of a build, by their names. */
export function readAssets(directory: URL): ReadonlyMap<string, Buffer> {
  const assets = new URL('assets/', directory);
  const files = readdirSync(assets, { withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(files.map(({ name }) => [name, readFileSync(new URL(encodeURIComponent(name), assets))]));
}
