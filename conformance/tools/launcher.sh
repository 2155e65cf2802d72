#!/bin/sh
# Runs the Keyhold command line with the java of JAVA_HOME, else the first one on the PATH.
# KEYHOLD_JAVA_OPTS holds options for the JVM, separated by blanks.
set -euf

program=$0
while [ -L "$program" ]; do
  link=$(readlink "$program")
  case $link in
    /*) program=$link ;;
    *) program=$(dirname "$program")/$link ;;
  esac
done
lib=$(CDPATH='' cd "$(dirname "$program")/../lib" && pwd -P)

java=java
if [ -n "${JAVA_HOME:-}" ]; then
  java=$JAVA_HOME/bin/java
fi
if ! command -v "$java" >/dev/null 2>&1; then
  echo "keyhold: $java not found; install Java 17 or newer, then set JAVA_HOME or put java on the PATH" >&2
  exit 127
fi

# The JVM decodes arguments, names of files and what is typed by the locale; in the POSIX locale, and where
# the locale that is named is not installed, it would lose what is not ASCII.
case $(locale charmap 2>/dev/null || true) in
  '' | ANSI_X3.4-1968 | US-ASCII)
    LC_ALL=C.UTF-8
    export LC_ALL
    ;;
esac

# Most commands end before the JVM's optimising compiler has earned what it costs: without it they take about 40 %
# less CPU time. Bulk data needs it: AES-GCM is fast only in code that it compiled.
jvm='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC'
bulk=4194304
for argument do
  case $argument in
    - | rewrap) jvm= ;;
    *)
      if [ -f "$argument" ] && [ -r "$argument" ] && [ "$(wc -c <"$argument")" -gt "$bulk" ]; then
        jvm=
      fi
      ;;
  esac
done

# shellcheck disable=SC2086 # the options are to be split
exec "$java" $jvm ${KEYHOLD_JAVA_OPTS:-} -cp "$lib/*" dev.keyhold.cli.Main "$@"
