#!/usr/bin/env bash
# Fetches the query editor as its makers published it, checks it, and drops the pointer to a source map that is not here.
set -euo pipefail
cd "$(dirname "$0")"
VERSION=4.6.2
SHA1=ab8b79aac8dd85785fe926576f47015db32e8a56
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
curl -sSfo "$folder/yasgui.tgz" "https://registry.npmjs.org/@zazuko/yasgui/-/yasgui-$VERSION.tgz"
echo "$SHA1  $folder/yasgui.tgz" | sha1sum --check --quiet
tar xzf "$folder/yasgui.tgz" -C "$folder"
sed 's#^//\# sourceMappingURL=.*##' "$folder/package/build/yasgui.min.js" > yasgui.min.js
cp "$folder/package/build/yasgui.min.css" .
