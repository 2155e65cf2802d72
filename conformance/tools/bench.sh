#!/usr/bin/env bash
# Measures with JMH and writes docs/PERFORMANCE.md and its chart. The first argument: short (about ten minutes) or full;
# further ones are options for JMH, such as "Encrypt -p size=1024". BENCH_JDKS names the JDKs: by default the building one, and
# that of JDK_25.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

how=$1
shift
results=$root/bench/target/results
maven -q -Pbenchmarks -DskipTests -pl bench -am package
rm -rf "$results"
mkdir -p "$results" "$root/bench/target/softhsm"
export SOFTHSM2_CONF=$root/bench/target/softhsm/softhsm2.conf
jar=$root/bench/target/benchmarks.jar

case $how in
  short)
    command='make bench'
    options='-wi 2 -w 500ms -i 3 -r 500ms -f 1 -p engine=jdk -p size=1024,65536,1048576'
    ;;
  full)
    command='make bench-full'
    options='-p size=64,1024,65536,1048576,16777216'
    ;;
  *)
    echo "usage: bench.sh short|full [JMH options]" >&2
    exit 2
    ;;
esac
if [ $# -gt 0 ]; then
  command+=" ARGS=\"$*\""
else
  set -- 'EncryptBenchmark|DecryptBenchmark'
fi
read -ra jdks <<<"${BENCH_JDKS:-$(build_jdk) ${JDK_25:-}}"
read -ra given <<<"$*"
read -ra chosen <<<"$options"
files=()
for jdk in "${jdks[@]}"; do
  for threads in 1 max; do
    file=$results/$(jdk_version "$jdk")-$threads.json
    "$jdk/bin/java" -jar "$jar" "${chosen[@]}" -t "$threads" -prof gc -rf json -rff "$file" "${given[@]}" 2>&1 | grep -v '^# ' || true
    files+=("$file")
  done
done
openssl speed -evp aes-256-gcm -seconds 1 2>/dev/null >"$results/openssl" || echo "openssl is not installed" >"$results/openssl"
"${jdks[0]}/bin/java" -cp "$jar" dev.keyhold.bench.Report "$root/docs" "$command" "$results/openssl" "${files[@]}"
