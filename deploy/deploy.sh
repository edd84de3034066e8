#!/bin/sh
# Builds the functions for arm64 and deploys or upgrades a stack: `make deploy STACK=name`.
# Asks for parameters the first time and keeps them in deploy/samconfig.toml.
set -eu

stack=${1:?usage: deploy.sh STACK}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
build=$target/sam

for program in aws sam openssl; do
    command -v "$program" >/dev/null 2>&1 || {
        echo "NOT DEPLOYED: $program is missing; deploy/README.md says where to get it" >&2
        exit 1
    }
done
# cargo-lambda brings a linker for arm64.
bin=$(sh "$root/scripts/tools.sh" python | sed -n 's/^bin=//p')
PATH=$bin:$PATH
export PATH
rustup target add aarch64-unknown-linux-gnu >/dev/null
WHEREABOUTS_TOOLS=required make -s -C "$root" web

sh "$here/secrets.sh" "$stack"
set -a
. "$here/build.env"
# SAM asks whether it may, each time: its way to build Rust is called a preview.
SAM_CLI_BETA_RUST_CARGO_LAMBDA=1
# What `make zips` compiled is compiled for this too.
CARGO_TARGET_DIR=$target/functions
set +a
sam build --template-file "$here/template.yaml" --build-dir "$build" --parallel

guided=
[ -f "$here/samconfig.toml" ] || guided=--guided
# shellcheck disable=SC2086 # nothing, or one option
sam deploy --template-file "$build/template.yaml" --config-file "$here/samconfig.toml" \
    --stack-name "$stack" --capabilities CAPABILITY_IAM --resolve-s3 \
    --no-fail-on-empty-changeset $guided

output() {
    aws cloudformation describe-stacks --stack-name "$stack" --output text \
        --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"
}

# The web app: files whose names change with what they hold are kept for ever, and stay while
# somebody may still have the page before; the page comes last, when all it asks for is there.
# CloudFront packs them.
dist=$root/web/dist
web=$(output WebBucket)
aws s3 sync "$dist/assets" "s3://$web/assets" --exclude '*.br' --exclude '*.gz' \
    --cache-control 'public, max-age=31536000, immutable' >/dev/null
aws s3 sync "$dist" "s3://$web" --exclude '*.br' --exclude '*.gz' --exclude '.*' --exclude 'assets/*' \
    --exclude index.html --cache-control no-cache >/dev/null
aws s3 cp "$root/web/basemap/basemap.pmtiles" "s3://$web/basemap.pmtiles" \
    --cache-control 'public, max-age=3600' >/dev/null
aws s3 cp "$dist/index.html" "s3://$web/index.html" --cache-control no-cache >/dev/null
aws cloudfront create-invalidation --distribution-id "$(output DistributionId)" \
    --paths '/*' >/dev/null

url=$(output Url)
echo "It is at $url"
echo "Sign in there, make an API token with track, enter and audit, keep it in a file, then:"
echo "  whereabouts check $url --token FILE"
