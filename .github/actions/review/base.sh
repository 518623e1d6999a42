#!/usr/bin/env bash
# Prints the commit that a pull request is compared with.
set -euo pipefail
find_base() {
  # What GitHub checks out is the merge that it would make; the first parent of that is the base as it is now. Who checks
  # out the branch itself compares it with where it left the base.
  if [ "$(git rev-parse HEAD)" = "$GITHUB_SHA" ]; then
    git rev-parse --verify --quiet --short=8 'HEAD^1'
  else
    git rev-parse --verify --quiet --short=8 "$(git merge-base HEAD "$BASE_SHA")"
  fi
}
find_base || {
  echo "::error title=daskgen::the base of the pull request is not here; check out with fetch-depth: 2, or 0" >&2
  exit 2
}
