#!/bin/sh
# Builds dist-system/image, the files that the image adds to its base.
set -eu
node scripts/build.mjs
node scripts/stage-package.mjs
node packaging/container/stage-image.mjs
