#!/usr/bin/env bash
# Stands between cargo and rustc for the packages of this workspace (RUSTC_WORKSPACE_WRAPPER): has them count which of
# their branches are taken, for libFuzzer to follow. The dependencies are built as for the tests and shared with them.
set -euo pipefail
rustc=$1
shift
exec "$rustc" "$@" \
    -C passes=sancov-module \
    -C llvm-args=-sanitizer-coverage-level=4 \
    -C llvm-args=-sanitizer-coverage-inline-8bit-counters \
    -C llvm-args=-sanitizer-coverage-pc-table \
    -C llvm-args=-sanitizer-coverage-trace-compares
