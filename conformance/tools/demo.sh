#!/usr/bin/env bash
# Runs the demo, which is in no distribution, on a backend with the jars of dist/: for aws-kms in the moto that "make tools"
# installed. For google-kms, starts a fake of the service first, which is in no distribution either.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

backend=$1
if [ -x "$root/.venv-moto/bin/moto_server" ]; then
  export KEYHOLD_MOTO=$root/.venv-moto/bin/moto_server
fi
demo=("$(build_jdk)/bin/java" -cp "$root/keystore/demo/target/classes:$root/dist/lib/*" dev.keyhold.demo.Demo --backend "$backend")
maven -q -pl keystore/demo -am -Dmaven.test.skip=true compile
if [ "$backend" != google-kms ]; then
  exec "${demo[@]}"
fi

google=$root/keystore/google-kms
echo "building the fake of Google Cloud KMS"
maven -q -pl keystore/google-kms -am test-compile dependency:copy-dependencies \
  -DincludeArtifactIds=grpc-google-cloud-kms-v1 -DoutputDirectory=target/fake
path=$google/target/test-classes:$google/target/fake/*:$root/dist/lib/*

# it serves until its input ends
coproc FAKE { exec "$(build_jdk)/bin/java" -cp "$path" dev.keyhold.keystore.googlekms.fake.FakeServer; }
fake=$FAKE_PID
trap 'kill "$fake" 2>/dev/null || true' EXIT
if ! IFS= read -r -t 60 -u "${FAKE[0]}" endpoint; then
  echo "the fake of Google Cloud KMS did not start" >&2
  exit 1
fi
"${demo[@]}" --endpoint "$endpoint"
