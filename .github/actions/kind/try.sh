#!/usr/bin/env bash
# Tries the changed clusters with the kind of this version, which Go builds and proves.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
base=$("$here/../review/base.sh")
GOBIN=$RUNNER_TEMP/kind go install "sigs.k8s.io/kind@$KIND"
export PATH=$RUNNER_TEMP/kind:$PATH
"$RUNNER_TEMP/daskgen/bin/python" "$here/../../../scripts/try_on_kind.py" \
  --root "$ROOT" --base "$base" --skip "$SKIP" --node "$NODE" ${FIXTURES:+--fixtures "$FIXTURES"}
