#!/usr/bin/env bash
# Builds dist/ twice from fresh copies of the sources in two folders, and compares the checksums.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for copy in one/keyhold another/place; do
  mkdir -p "$work/$copy"
  tar -C "$root" --exclude=./.git --exclude=./dist --exclude=./.venv --exclude=target -cf - . | tar -C "$work/$copy" -xf -
  echo "building a fresh copy in $work/$copy"
  "$work/$copy/conformance/tools/dist.sh"
done

if ! diff "$work/one/keyhold/dist/SHA256SUMS" "$work/another/place/dist/SHA256SUMS"; then
  echo "the build is not reproducible: the files above differ between two builds" >&2
  exit 1
fi
echo "reproducible: $(wc -l <"$work/one/keyhold/dist/SHA256SUMS") files are the same in two builds"
