#!/usr/bin/env bash
# Runs all tests on the JDK that builds, then again on the other one of JDK 17 and 25 where it is installed, except those
# of the tag "sources", which read files and classes and to which a JVM makes no difference; sums up.
# Expects dist/ to be there. Ends with the line "N passed, N failed, N skipped".
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

wycheproof_table=$root/conformance/target/wycheproof.txt
runs=()
broken=0

# Runs all tests on a JDK, with further options; Maven compiles with its own. A failed test does not keep the modules
# after it from being tested: the reports tell. Whatever else goes wrong (a compiler error, a JVM that dies), Maven tells.
run_tests() {
  local jdk=$1 run
  shift
  run=test-reports/jdk-$(jdk_version "$jdk")
  runs+=("$run")
  rm -rf "$root"/{keystore/*,keystore/custody/*,provider,conformance}/target/"$run" "$wycheproof_table" \
    "$root/conformance/target/compatibility/jdk-$(jdk_version "$jdk").txt"
  echo "running the tests on $jdk"
  maven -T 2 --fail-at-end -pl '!bench' verify -Djvm="$jdk/bin/java" -Dreports.folder="$run" "$@" \
    -Dmaven.test.failure.ignore=true -Dmaven.test.redirectTestOutputToFile=true || broken=1
  if [ -f "$wycheproof_table" ]; then
    cat "$wycheproof_table"
  fi
}

default=$(build_jdk)
run_tests "$default"

echo "compiling the benchmarks"
maven -pl bench -am -Dmaven.test.skip=true compile || broken=1

for version in 17 25; do
  if [ "$version" != "$(jdk_version "$default")" ]; then
    other=$(installed_jdk "$version")
    if [ -n "$other" ]; then
      run_tests "$other" -Dspotless.check.skip=true "-DexcludedGroups=soak | apps | sources"
      echo "not run on $other: the tests of the tag \"sources\", which ran on $default"
    else
      echo "JDK $version is not in /usr/lib/jvm: the tests were not run on it"
    fi
  fi
done

"$default/bin/java" "$root/conformance/tools/TestSummary.java" "$root" "${runs[@]}" || broken=1
exit "$broken"
