#!/usr/bin/env bash
# Plans what merging does: PLAN/comment.md for the pull request, PLAN/plan.md in full. That something happens is no failure.
set -euo pipefail
base=$("$(dirname "$0")/base.sh")
rm -rf "$PLAN"
mkdir -p "$PLAN"
code=0
"$DASKGEN" -C "$ROOT" plan --base "$base" --format markdown --output "$PLAN/plan.md" > "$PLAN/comment.md" || code=$?
if [ "$code" -gt 1 ] || [ ! -s "$PLAN/plan.md" ]; then
  cat "$PLAN/comment.md"
  echo "::error title=daskgen::there is no plan against $base; the log says why"
  exit 2
fi
artifact=daskgen-plan
[ "$ROOT" = . ] || artifact+=-${ROOT//[^A-Za-z0-9]/-}
{
  echo "changed=$([ "$code" = 1 ] && echo true || echo false)"
  echo "artifact=$artifact"
} >> "$GITHUB_OUTPUT"
