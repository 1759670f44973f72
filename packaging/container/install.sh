#!/bin/sh
# Installs the build tools and the libraries. Needs package.json and package-lock.json only, so that an engine caches this step.
set -eu
# npm would run the build, which needs the sources. zeromq brings its addon with it and needs no script.
npm ci --ignore-scripts --no-audit --no-fund
