#!/bin/sh
# Installs the tools that some tests and the deployment need, pinned, below the target
# folder, and prints where they are: `python=`, `bin=` (for the PATH) and `node_modules=`.
# Does nothing when they are there already. `tools.sh python` or `tools.sh node` asks for
# one kind only; `tools.sh chromium` finds the system's browser, or installs it where it can.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
target=${CARGO_TARGET_DIR:-$here/../target}
mkdir -p "$target/tools"
tools=$(cd "$target/tools" && pwd)

# Tests of several crates may ask at the same time.
if command -v flock >/dev/null 2>&1; then
    exec 9>"$tools/lock"
    flock 9
fi

# Whether what $1 names was made from the files that follow, as they are now.
is_current() {
    stamp=$tools/$1.made-of
    shift
    cat "$@" | cmp -s - "$stamp"
}

made_of() {
    stamp=$tools/$1.made-of
    shift
    cat "$@" >"$stamp"
}

install_python() {
    wanted=$here/requirements.txt
    is_current python "$wanted" && return
    rm -rf "$tools/python" "$tools/python.made-of"
    if python3 -m venv "$tools/python" >&2; then
        "$tools/python/bin/python" -m pip install --quiet --disable-pip-version-check --timeout 30 --retries 2 \
            -r "$wanted" >&2
    else
        # Debian keeps what makes a venv in a package of its own: a folder will do.
        rm -rf "$tools/python"
        python3 -m pip install --quiet --disable-pip-version-check --timeout 30 --retries 2 \
            --target "$tools/python/lib" -r "$wanted" >&2
        mkdir -p "$tools/python/bin"
        for program in "$tools"/python/lib/bin/*; do
            printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s" "$@"\n' \
                "$tools/python/lib" "$program" >"$tools/python/bin/${program##*/}"
        done
        printf '#!/bin/sh\nPYTHONPATH="%s" exec python3 "$@"\n' \
            "$tools/python/lib" >"$tools/python/bin/python"
        chmod +x "$tools"/python/bin/*
    fi
    made_of python "$wanted"
}

install_node() {
    wanted=$here/tools
    is_current node "$wanted/package.json" "$wanted/package-lock.json" && return
    rm -rf "$tools/node" "$tools/node.made-of"
    mkdir -p "$tools/node"
    cp "$wanted/package.json" "$wanted/package-lock.json" "$tools/node/"
    npm ci --prefix "$tools/node" --silent --no-audit --no-fund >&2
    made_of node "$wanted/package.json" "$wanted/package-lock.json"
}

# Browsers come from the system: only it has what they need around them.
find_chromium() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" 2>/dev/null && return
    done
    return 1
}

install_chromium() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive timeout 600 \
        apt-get install -qq -y --no-install-recommends chromium; } >&2
}

kind=${1:-all}
if [ "$kind" = chromium ]; then
    found=$(find_chromium || { install_chromium && find_chromium; }) || exit 1
    echo "chromium=$found"
    exit
fi
if [ "$kind" != node ]; then
    install_python
    echo "python=$tools/python/bin/python"
    echo "bin=$tools/python/bin"
fi
if [ "$kind" != python ]; then
    install_node
    echo "node_modules=$tools/node/node_modules"
fi
