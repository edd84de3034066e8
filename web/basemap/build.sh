#!/bin/sh
# Makes web/basemap/basemap.pmtiles anew from what fetch.sh fetched into the folder $1.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PYTHONPATH="$1" "$1/tools/bin/python" "$here/layers.py" "$1" "$1/layers"
cd "$1/layers"
# Without a limit on tiles nothing is dropped by chance: layers.py says what shows from which zoom on.
"$1/tools/bin/tippecanoe" --quiet --force --output="$here/basemap.pmtiles" --name=Basemap \
    --attribution="Natural Earth, GeoNames" --minimum-zoom=0 --maximum-zoom=6 --no-tile-size-limit \
    --no-feature-limit --drop-rate=1 --simplification=8 --simplification-at-maximum-zoom=3 --detect-shared-borders --buffer=8 \
    --no-progress-indicator \
    -L land:land.ndjson -L ice:ice.ndjson -L lakes:lakes.ndjson -L rivers:rivers.ndjson \
    -L borders:borders.ndjson -L regions:regions.ndjson \
    -L countries:countries.ndjson -L waters:waters.ndjson -L places:places.ndjson
ls -l "$here/basemap.pmtiles"
