#!/usr/bin/env bash
# Fills dist/: lib/*.jar (provider, backends, command line, all they need), lib/google-kms/*.jar, lib/custodian/*.jar (the custodian
# and what it alone needs, such as Jetty), bin/, classes/, sbom.json,
# SHA256SUMS; for the libraries in keyhold-thirdparty sbom-thirdparty.json, NOTICE and their licences. Google's own jars
# have a folder of their own, which the backend's jar names as its class path: so lib/* is enough on the class path, and
# lib/ works on the module path, which refuses Google's jars (they share a package).
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

cli=$root/keystore/cli
google=$root/keystore/google-kms
thirdparty=$root/keystore/thirdparty
custodian=$root/keystore/custody/server
staged=$root/target/dist

rm -rf "$root"/{keystore/*,keystore/custody/*,provider}/target/lib "$custodian"/target/keyhold-custody-server-*.jar "$cli"/target/keyhold-cli-*.jar "$google"/target/keyhold-google-kms-*.jar "$staged"
maven -Pdist -Dmaven.test.skip=true -pl keystore/cli,keystore/google-kms,keystore/custody/server -am package

mkdir -p "$staged/lib" "$staged/bin"
cp "$cli"/target/lib/*.jar "$cli"/target/keyhold-cli-*.jar "$staged/lib/"
mkdir "$staged/lib/google-kms"
for jar in "$google"/target/lib/*.jar "$google"/target/keyhold-google-kms-*[0-9].jar; do
  if [ ! -e "$staged/lib/${jar##*/}" ]; then
    cp "$jar" "$staged/lib/google-kms/"
  fi
done
mv "$staged"/lib/google-kms/keyhold-google-kms-*.jar "$staged/lib/"
mkdir "$staged/lib/custodian"
for jar in "$custodian"/target/lib/*.jar "$custodian"/target/keyhold-custody-server-*.jar; do
  if [ ! -e "$staged/lib/${jar##*/}" ]; then
    cp "$jar" "$staged/lib/custodian/"
  fi
done
# a manifest's lines are short: they go on behind a blank
(cd "$staged/lib" && echo Class-Path: google-kms/*.jar | fold -w 70 | sed '2,$s/^/ /') >"$root/target/class-path"
"$(build_jdk)/bin/jar" --update --file "$staged"/lib/keyhold-google-kms-*.jar --manifest "$root/target/class-path" \
  --date "$(sed -n 's/.*<project.build.outputTimestamp>\(.*\)<.*/\1/p' "$root/pom.xml")"
install -m 755 "$root/conformance/tools/launcher.sh" "$staged/bin/keyhold"
install -m 755 "$root/conformance/tools/launcher-custodian.sh" "$staged/bin/keyhold-custodian"
install -m 755 "$root/conformance/tools/launcher-archive.sh" "$staged/bin/keyhold-archive"
install -m 644 "$root/conformance/tools/launcher-settings.sh" "$staged/bin/keyhold-settings.sh"
cp "$cli/target/sbom.json" "$staged/"
cp "$google/target/sbom.json" "$staged/sbom-google-kms.json"
cp "$custodian/target/sbom.json" "$staged/sbom-custodian.json"
cp "$thirdparty/target/sbom.json" "$staged/sbom-thirdparty.json"
cp -r "$thirdparty/target/classes/META-INF/NOTICE" "$thirdparty/target/classes/META-INF/licenses" "$staged/"
(cd "$staged" && find . -type f | LC_ALL=C sort | xargs -d '\n' sha256sum >../SHA256SUMS && mv ../SHA256SUMS .)

rm -rf "$root/dist"
mv "$staged" "$root/dist"

# For this place and JDK, and so not among the checksums. A JDK that can't make it builds all the same.
JAVA_HOME=$(build_jdk) "$root/dist/bin/keyhold-archive" || true
