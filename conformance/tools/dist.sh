#!/usr/bin/env bash
# Fills dist/: lib/*.jar (provider, backends, command line, all they need), bin/keyhold, sbom.json, SHA256SUMS.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

cli=$root/keystore/cli
staged=$root/target/dist

rm -rf "$root"/{keystore/*,provider}/target/lib "$cli"/target/keyhold-cli-*.jar "$staged"
maven -Pdist -Dmaven.test.skip=true -pl keystore/cli -am package

mkdir -p "$staged/lib" "$staged/bin"
cp "$cli"/target/lib/*.jar "$cli"/target/keyhold-cli-*.jar "$staged/lib/"
install -m 755 "$root/conformance/tools/launcher.sh" "$staged/bin/keyhold"
cp "$cli/target/sbom.json" "$staged/"
(cd "$staged" && find . -type f | LC_ALL=C sort | xargs -d '\n' sha256sum >../SHA256SUMS && mv ../SHA256SUMS .)

rm -rf "$root/dist"
mv "$staged" "$root/dist"
