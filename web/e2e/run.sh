#!/bin/sh
# Runs the specs on a binary: `run.sh BINARY [playwright's arguments]`. Without a browser it says
# loudly that nothing was tested, and fails where WHEREABOUTS_TOOLS=required.
set -eu

binary=${1:?usage: run.sh BINARY}
shift
here=$(cd "$(dirname "$0")" && pwd)
if ! found=$(sh "$here/../../scripts/tools.sh" chromium); then
    echo "NOT TESTED IN A BROWSER: chromium is missing and cannot be installed here" >&2
    [ "${WHEREABOUTS_TOOLS:-}" != required ]
    exit
fi
cd "$here/.."
WHEREABOUTS_BINARY=$binary CHROMIUM=${found#chromium=} exec npx playwright test "$@"
