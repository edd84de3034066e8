#!/bin/sh
# Builds every function as it is deployed, for arm64, and says how large each zip is.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}/functions
# cargo-lambda brings a linker for arm64.
bin=$(sh "$root/scripts/tools.sh" python | sed -n 's/^bin=//p')
PATH=$bin:$PATH
export PATH
rustup target add aarch64-unknown-linux-gnu >/dev/null

set -a
. "$root/deploy/build.env"
set +a
cd "$root"
CARGO_TARGET_DIR=$target cargo lambda build --release --arm64 --locked --package lambda \
    --output-format zip --lambda-dir "$target/zips"
for zip in "$target"/zips/*/bootstrap.zip; do
    bytes=$(wc -c <"$zip")
    printf '%-12s %5.1f MB\n' "$(basename "$(dirname "$zip")")" "$(awk "BEGIN {print $bytes / 1e6}")"
done
