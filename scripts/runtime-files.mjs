/** Files of node_modules that a running monitor does not need: other systems, sources, tools of the build. */
const NOT_NEEDED = new RegExp(
  [
    `zeromq/build/(?!linux$|linux/${process.arch}(/|$)|manifest)`,
    'zeromq/build/linux/.*/musl-',
    'zeromq/(src|script|CMakeLists|vcpkg|tsconfig)',
    'cmake-ts/(?!build|package|README)',
    'cmake-ts/build/(lib|main|deps|nodeAPIInclude|.*\\.map$)',
    'node-addon-api(/|$)',
  ].join('|'),
);

/** Whether a running monitor needs a file or a folder of dist-package/, on Linux with glibc and this architecture. */
export function isNeededAtRuntime(path) {
  return !NOT_NEEDED.test(path);
}
