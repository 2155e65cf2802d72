# shellcheck shell=sh
# Sourced by bin/keyhold and bin/keyhold-archive, with $bin, the folder that they are in. Sets java, class_path, and archive:
# where the archive of classes for this java is, or is to be; empty where java does not say its version.

lib=$(CDPATH='' cd "$bin/../lib" && pwd -P)

java=java
if [ -n "${JAVA_HOME:-}" ]; then
  java=$JAVA_HOME/bin/java
fi
if ! java=$(command -v "$java"); then
  echo "keyhold: ${JAVA_HOME:+$JAVA_HOME/bin/}java not found; install Java 17 or newer, then set JAVA_HOME or put java on the PATH" >&2
  exit 127
fi

# Those first that every command needs: the JVM looks into one after the other.
class_path=
set +f
for jar in "$lib"/keyhold-cli-*.jar "$lib"/keyhold-*.jar "$lib"/picocli-*.jar "$lib"/*.jar; do
  case $class_path: in
    *":$jar:"*) ;;
    *) class_path=$class_path:$jar ;;
  esac
done
set -f
class_path=${class_path#:}

java_home=${JAVA_HOME:-}
if [ -z "$java_home" ]; then
  java_home=$(readlink -f "$java" || true)
  java_home=${java_home%/bin/java}
fi
java_version=
if [ -r "$java_home/release" ]; then
  while IFS='="' read -r name _ value _; do
    if [ "$name" = JAVA_RUNTIME_VERSION ]; then
      java_version=$value
    fi
  done <"$java_home/release"
fi
archive=
case $java_version in
  '' | *[!A-Za-z0-9.+_-]*) ;;
  *) archive=${lib%/*}/classes/$java_version.jsa ;;
esac
