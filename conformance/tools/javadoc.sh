#!/usr/bin/env bash
# Writes the Javadoc of what applications and backends are compiled against into target/javadoc; a warning fails it.
# @param and @return are left out where the first sentence says it: doclint's group "missing" is off.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

for module in keystore/spi keystore/testkit provider; do
  path=$root/target/javadoc/$module.classpath
  mkdir -p "${path%/*}"
  (cd "$root" && maven -pl "$module" -am -DskipTests test-compile dependency:build-classpath -Dmdep.outputFile="$path")
  "$(build_jdk)/bin/javadoc" -quiet -Werror -Xdoclint:all,-missing -d "$root/target/javadoc/$module" --class-path "$(cat "$path")" \
    $(find "$root/$module/src/main/java" -name '*.java' ! -name module-info.java)
done
