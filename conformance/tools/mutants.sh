#!/usr/bin/env bash
# Runs PIT over the code that guards objects: it changes one place at a time, and runs the tests of the provider that
# reach it. Writes provider/target/pit-reports/index.html, and prints the score of each package. Options for Maven, such as
# -Dmutants.classes=dev.keyhold.keys.HeaderOpening, choose among them.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

reports=$root/provider/target/pit-reports
rm -rf "$reports"
# not with -DskipTests, which PIT takes for itself: the phase comes before that of the tests
maven -pl provider -am -Pmutants process-test-classes "$@" >"$root/target/mutants.log" || {
  tail -n 40 "$root/target/mutants.log" >&2
  exit 1
}

sed -n "s/.* status='\([A-Z_]*\)'.*<mutatedClass>\([^<]*\)\.[^.<]*<\/mutatedClass>.*/\2 \1/p" "$reports/mutations.xml" | sort | uniq -c |
  awk '{ printf "%-24s %-12s %d\n", $2, $3, $1 }'
echo "the report: $reports/index.html"
