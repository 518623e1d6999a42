#!/usr/bin/env bash
# Puts PLAN/comment.md into the one comment of the pull request. Where the token may not, it goes to the summary of the job.
set -euo pipefail
options=()
[ "$CHANGED" = true ] || options=(--update-only)
"$DASKGEN" -C "$ROOT" comment "${options[@]}" "$PLAN/comment.md" >> "$GITHUB_STEP_SUMMARY"
