/** Folder of the repository. This file runs as dist/bench/root.js. */
export const ROOT = new URL('../../', import.meta.url);
