# Shared by the scripts of this folder; to be sourced by bash.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

# The feature version (17, 25 ...) of the JDK at a path.
jdk_version() {
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

# The folder of the JDK that builds: JAVA_HOME, else the one of javac on the PATH.
build_jdk() {
  if [ -n "${JAVA_HOME:-}" ]; then
    echo "$JAVA_HOME"
  elif command -v javac >/dev/null; then
    dirname "$(dirname "$(readlink -f "$(command -v javac)")")"
  else
    echo "no JDK found: install JDK 17 or newer, or set JAVA_HOME" >&2
    return 1
  fi
}

# The folder of an installed JDK of that version, if there is one.
installed_jdk() {
  local jdk
  for jdk in /usr/lib/jvm/*; do
    if [ -x "$jdk/bin/javac" ] && [ -f "$jdk/release" ] && [ "$(jdk_version "$jdk")" = "$1" ]; then
      echo "$jdk"
      return
    fi
  done
}

# Maven with its warnings but without its chatter. It runs for a minute or two, which C2 does not repay; the other options
# silence what Maven itself calls forth on JDK 24 and later.
maven() {
  local jdk options="-XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.slf4j.simpleLogger.log.com.networknt=error"
  jdk=$(build_jdk)
  if [ "$(jdk_version "$jdk")" -ge 24 ]; then
    options+=" --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
  fi
  (cd "$root" && JAVA_HOME=$jdk MAVEN_OPTS="$options ${MAVEN_OPTS:-}" mvn -B -Dstyle.color=never "$@")
}
