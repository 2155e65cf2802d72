#!/bin/sh
# Makes the archive of classes (class data sharing) that bin/keyhold uses, for the java that it runs: a short command then
# takes about half the time. To be run again where the java or the place of Keyhold has changed; bin/keyhold works without
# it too. It takes a while, needs write access to the folder of Keyhold, and uses no key and no configuration of yours.
set -eu

bin=$(CDPATH='' cd "$(dirname "$(readlink -f "$0")")" && pwd -P)
# shellcheck source=launcher-settings.sh
. "$bin/keyhold-settings.sh"
if [ -z "$archive" ]; then
  echo "keyhold-archive: $java has no file 'release' that says its version, so no archive was made" >&2
  exit 1
fi
mkdir -p "$(dirname "$archive")"
work=$(mktemp -d "$(dirname "$archive")/new.XXXXXX")
trap 'rm -rf "$work"' EXIT

cat >"$work/keyhold.properties" <<END
backend.local.type = software
backend.local.file = keys.keyhold
backend.local.password = file:password
backend.aws.type = aws-kms
backend.aws.region = eu-west-1
backend.aws.endpoint = http://127.0.0.1:1
backend.aws.deadline = 1s
key.aws = aws
key.* = local
END
echo "for no key but the one of this folder" >"$work/password"
chmod 600 "$work/password"
echo sample >"$work/sample"

# One command; its classes go into the list. That of AWS reaches nothing, and has loaded the SDK all the same.
note() {
  AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none \
    "$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -XX:DumpLoadedClassList="$work/list" -cp "$class_path" \
    dev.keyhold.cli.Main "$@" --config "$work/keyhold.properties" >"$work/out" 2>&1 || true
  # from JDK 22 on, each line has a number that counts within its list
  sed -e '/ source: /d' -e 's/ id: [0-9]*$//' "$work/list" >>"$work/all"
}
note keys create orders
note keys list
note encrypt --key orders "$work/sample" "$work/object"
note decrypt --key orders "$work/object" "$work/again"
note inspect --json "$work/object"
note health
if ! cmp -s "$work/sample" "$work/again"; then
  echo "keyhold-archive: the command line does not work, so no archive was made: $(cat "$work/out")" >&2
  exit 1
fi

# Equal lines for a lambda end the dump of JDK 17.
awk '!seen[$0]++' "$work/all" >"$work/list"
if ! "$java" -Xshare:dump -XX:SharedClassListFile="$work/list" -XX:SharedArchiveFile="$work/classes.jsa" -cp "$class_path" \
  >"$work/out" 2>&1; then
  echo "keyhold-archive: $java made no archive: $(tail -n 20 "$work/out")" >&2
  exit 1
fi
echo "$class_path" >"$work/path"
chmod 644 "$work/classes.jsa" "$work/path"
rm -f "$archive.path"
mv "$work/classes.jsa" "$archive"
mv "$work/path" "$archive.path"
