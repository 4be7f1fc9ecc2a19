#!/usr/bin/env bash
# Makes every fault that regions must survive, as often as docs/availability.md says, and prints the counts as a table.
#
# Without it, ./test makes a tenth of each. Arguments are passed on to cargo test, such as --release, or the name of a test.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
output=$(mktemp)
trap 'rm -f -- "$output"' EXIT

outcome=0
TRESOR_FAULTS=all cargo test --manifest-path "$here/Cargo.toml" --test regions --test store --no-fail-fast "$@" -- --nocapture \
    >"$output" 2>&1 || outcome=$?
printf '| fault | times | changes done | lost | doubled | not said | of these |\n|---|---:|---:|---:|---:|---:|---|\n'
grep -a -o 'COUNTED |.*' "$output" | sed 's/^COUNTED //' | sort
grep -a '^SKIPPED' "$output" || true
if [ "$outcome" != 0 ]; then
    tail -n 200 "$output" >&2
fi
exit "$outcome"
