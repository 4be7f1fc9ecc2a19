#!/usr/bin/env bash
# Feeds parsers that read a file with what they do not expect, guided by which of their branches that takes:
#
#   scripts/fuzz.sh                    every parser, a minute together
#   scripts/fuzz.sh all SECONDS        every parser, so many seconds together
#   scripts/fuzz.sh PARSER [SECONDS]   one parser, a minute or so many seconds
#   scripts/fuzz.sh PARSER FILE        one input once: to look at a finding again
#
# Ends with an error where something was found; the input then lies in target/fuzz/PARSER/findings. One parser alone goes
# on from what it kept in target/fuzz/PARSER/corpus; all of them begin with the seeds each time, so that two runs try much
# the same. docs/fuzzing.md says more.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/system.sh
. "$root/scripts/system.sh"

all=(env json jsonl csv pem der jwk query backup record batch header store)
chosen=${1:-all}
seconds=${2:-60}

need_compilers
need_packages "a C++ compiler for the fuzzer" g++

# The wrapper stands only before rustc for this workspace's own packages: dependencies are those of the tests.
build=$(RUSTC_WORKSPACE_WRAPPER="$root/fuzz/rustc.sh" cargo build --manifest-path "$root/Cargo.toml" \
    --package tresor-fuzz --bin tresor-fuzz --message-format=json-render-diagnostics)
program=$(sed -n 's/.*"executable":"\([^"]*tresor-fuzz\)".*/\1/p' <<<"$build")
[ -x "$program" ] || die "cargo did not say where the fuzzer is."
results=$(dirname -- "$program")/../fuzz
mkdir -p "$results"
results=$(cd -- "$results" && pwd)

# Where the damaged store lies: in memory where there is such a place, to spare the disk.
scratch=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export TMPDIR=$scratch

# What one parser is run with. The seed makes two runs over the same corpus try the same; an input of 25 s is a hang.
options=(-seed=1 -timeout=25 -rss_limit_mb=2048 -use_value_profile=1 -print_final_stats=1 -detect_leaks=0 -verbosity=1)

longest() {
    case $1 in
        record | backup | batch | der) echo 8192 ;;
        store) echo 512 ;;
        header) echo 512 ;;
        *) echo 16384 ;;
    esac
}

# run PARSER SECONDS CORPUS: one line of what came of it; the whole output is kept beside the findings.
run() {
    local parser=$1 seconds=$2 dictionary=$root/fuzz/dictionaries/$1 own=$results/$1 corpus=$3
    local more=() log=$own/log
    mkdir -p "$own/$corpus" "$own/findings"
    [ -f "$dictionary" ] && more=(-dict="$dictionary")
    if ! TRESOR_FUZZ=$parser "$program" "${options[@]}" "${more[@]}" -max_len="$(longest "$parser")" \
        -max_total_time="$seconds" -artifact_prefix="$own/findings/" \
        "$own/$corpus" "$root/fuzz/corpus/$parser" >"$log" 2>&1; then
        tail -n 60 "$log"
        printf '%s: FOUND SOMETHING. The input lies in %s; again: scripts/fuzz.sh %s FILE\n' \
            "$parser" "$own/findings" "$parser"
        return 1
    fi
    local executions new coverage
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    new=$(sed -n 's/^stat::new_units_added: *//p' "$log")
    coverage=$(sed -n 's/^#.*\(cov: [0-9]* ft: [0-9]*\).*/\1/p' "$log" | tail -n 1)
    printf '%-7s %9d executions, %s, %d new units\n' "$parser" "$executions" "$coverage" "$new"
}

if [ "$chosen" != all ]; then
    [ -d "$root/fuzz/corpus/$chosen" ] || die "there is no parser $chosen. There are: all ${all[*]}"
    if [ -f "$seconds" ]; then
        TRESOR_FUZZ=$chosen "$program" "${options[@]}" "$seconds"
        exit
    fi
    run "$chosen" "$seconds" corpus
    exit
fi

# As many at once as there are processors, each for its share.
at_once=$(nproc 2>/dev/null || echo 2)
share=$((seconds * at_once / ${#all[@]}))
[ "$share" -gt 0 ] || share=1
[ "$share" -le "$seconds" ] || share=$seconds
failed=0
running=0
for parser in "${all[@]}"; do
    rm -rf "${results:?}/$parser/fresh"
    run "$parser" "$share" fresh &
    running=$((running + 1))
    if [ "$running" -ge "$at_once" ]; then
        wait -n || failed=1
        running=$((running - 1))
    fi
done
while [ "$running" -gt 0 ]; do
    wait -n || failed=1
    running=$((running - 1))
done
exit "$failed"
