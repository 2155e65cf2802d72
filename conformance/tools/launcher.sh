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
bin=$(dirname "$program")
# shellcheck source=launcher-settings.sh
. "$bin/keyhold-settings.sh"

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

# Where bin/keyhold-archive has made an archive of classes for this java, this place and these jars, classes are read from
# it. One that does not fit would take the place of the JDK's own for nothing, so what can be seen here is checked here;
# the JVM checks the rest, by checksums too, and must not report that it goes on without.
if [ -n "$archive" ] && [ -r "$archive" ] && [ ! "$lib" -nt "$archive" ]; then
  archived=
  if [ -r "$archive.path" ]; then
    read -r archived <"$archive.path" || true
  fi
  if [ "$archived" = "$class_path" ]; then
    jvm="$jvm -Xshare:auto -XX:+VerifySharedSpaces -Xlog:cds=off"
    case $java_version in
      1[0-9].* | 2[0-3].*) ;;
      *) jvm="$jvm -Xlog:aot=off" ;;
    esac
    set -- "-XX:SharedArchiveFile=$archive" -cp "$class_path" dev.keyhold.cli.Main "$@"
  fi
fi
if [ "${archived:-}" != "$class_path" ]; then
  set -- -cp "$class_path" dev.keyhold.cli.Main "$@"
fi

# shellcheck disable=SC2086 # the options are to be split
exec "$java" $jvm ${KEYHOLD_JAVA_OPTS:-} "$@"
