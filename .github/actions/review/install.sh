#!/usr/bin/env bash
# Installs daskgen into an environment of its own: the one that this action is part of, or the VERSION asked for.
set -euo pipefail
source=$(cd "$(dirname "$0")/../../.." && pwd)
python=$RUNNER_TEMP/daskgen/bin/python
python3 -m venv "$RUNNER_TEMP/daskgen"
if [ -n "${VERSION:-}" ]; then
  "$python" -m pip install --quiet "daskgen${EXTRA:-}==$VERSION"
else
  "$python" -m pip install --quiet --require-hashes --requirement "$source/requirements.lock"
  "$python" -m pip install --quiet --no-build-isolation "$source${EXTRA:-}"
fi
"$python" -m daskgen --version
pins=$("$python" -c 'from daskgen.outside.tools import PINS; print("-".join(f"{name}-{pin.version}" for name, pin in PINS.items()))')
echo "tools=$pins" >> "$GITHUB_OUTPUT"
