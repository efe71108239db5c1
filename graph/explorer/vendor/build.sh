#!/usr/bin/env bash
# Builds webgl.min.js from the versions that package-lock.json pins; the same bytes each time. Needs Node 18 or later.
# Who only uses whodid never runs it.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp package.json package-lock.json entry.js "$work"
cd "$work"
npm ci --silent --ignore-scripts --no-audit --no-fund

version() { node -p "require('./node_modules/$1/package.json').version"; }
# where a browser has no WebGL 2 the library is not there at all, and the page draws in two dimensions
npx --no-install esbuild entry.js --bundle --minify --format=iife --global-name=webgl --target=es2020 --legal-comments=none \
  --banner:js="/*! sigma $(version sigma), graphology $(version graphology): MIT, see vendor/LICENSES.txt */
if(typeof WebGL2RenderingContext!==\"undefined\"){" --footer:js="}" --log-level=warning --outfile="$here/webgl.min.js"

for package in sigma graphology graphology-utils events; do
  printf '%s %s\n\n' "$package" "$(version $package)"
  cat "node_modules/$package"/LICENSE*
  printf '\n%s\n\n' "$(printf -- '-%.0s' {1..100})"
done | tr -d '\r' | sed 's/[[:space:]]*$//' > "$here/LICENSES.txt"
