#!/usr/bin/env bash
# Real fuzzing: each @FuzzTest of the project in turn, as long as its maxDuration says. In "make test" the same tests
# only repeat the inputs that are kept beside them.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

maven -DskipTests -pl conformance -am package
while IFS=: read -r file method; do
  class=$(basename "$file" .java)
  echo "fuzzing $class.$method"
  JAZZER_FUZZ=1 maven -pl conformance -am verify -Dsurefire.failIfNoSpecifiedTests=false -Dtest="$class#$method*" \
    -Dreports.folder=fuzz-reports
done < <(grep -rA3 --include='*.java' '@FuzzTest' "$root/conformance/src/test" |
  sed -n 's/^\(.*\.java\)-.*void \([A-Za-z0-9_]*\)(.*/\1:\2/p')
