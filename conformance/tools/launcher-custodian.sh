#!/bin/sh
# Runs the custodian with the java of JAVA_HOME, else the first one on the PATH.
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

# shellcheck disable=SC2086,SC2154 # the options are to be split; lib and java are of keyhold-settings.sh
exec "$java" ${KEYHOLD_JAVA_OPTS:-} -cp "$lib/custodian/*:$class_path" dev.keyhold.custody.server.command.Main "$@"
