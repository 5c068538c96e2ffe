#!/bin/sh
# Runs the benchmark in two checkouts in turn: `sh test/bench/flow/interleave.sh OTHER_CHECKOUT [ROUNDS]`.
# The other one needs its packages (a link to node_modules will do); the benchmark is copied there.
set -eu
here=$(cd "$(dirname "$0")/../../.." && pwd)
other=$1
rounds=${2:-5}
mkdir -p "$other/test/bench/flow"
cp "$here/test/bench/flow/main.ts" "$other/test/bench/flow/main.ts"
for round in $(seq "$rounds"); do
  for checkout in "$other" "$here"; do
    printf '%s  %s: ' "$round" "$checkout"
    (cd "$checkout" && node test/bench/run.mjs flow)
  done
done
