#!/usr/bin/env bash
# Runs the quick tests on the JDK that builds, two modules at a time: the tests of all modules, and of the conformance
# tests those of the software backend, of the golden objects, of damaged objects, and a sample of Wycheproof.
# Expects dist/ to be there. Says what it left out, and ends with the line "N passed, N failed, N skipped".
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

tests='SoftwareContractTest,MemoryContractTest,Golden*Test,Damaged*Test,Forged*Test,CapabilitiesTest,DefaultLocaleTest,*PageTest,PagesTest,ReadmeTest,WycheproofTest'
without='CompatibilityPageTest,CommandsPageTest'
sample='(aes_gcm|hmac_sha256|ecdsa_secp256r1_sha256|rsa_signature_2048_sha256|ed25519)_test\.json'
# of conformance alone: other modules have pages and forgeries too, and ran them
selected=$(printf '%s' "$tests" | sed 's#[^,]*#dev/keyhold/conformance/**/&#g'),!${without//,/,!}
jdk=$(build_jdk)
run=check-reports/jdk-$(jdk_version "$jdk")
broken=0

rm -rf "$root"/{keystore/*,keystore/custody/*,provider,conformance}/target/check-reports
echo "running the quick tests on $jdk"
maven -T 2 --fail-at-end -pl '!bench,!conformance' test -Djvm="$jdk/bin/java" -Dreports.folder="$run" \
  -Dmaven.test.failure.ignore=true -Dmaven.test.redirectTestOutputToFile=true || broken=1
maven -pl conformance -am test -Djvm="$jdk/bin/java" -Dreports.folder="$run" \
  -Dtest="$selected" -Dwycheproof.files="$sample" -Dkeyhold.backends=software \
  -Dspotless.check.skip=true -Dsurefire.failIfNoSpecifiedTests=false \
  -Dmaven.test.failure.ignore=true -Dmaven.test.redirectTestOutputToFile=true || broken=1

"$jdk/bin/java" "$root/conformance/tools/TestSummary.java" "$root" "$run" || broken=1
echo "left out: of conformance, all but $tests; of Wycheproof, all but $sample; the other JDK. make test runs everything"
exit "$broken"
