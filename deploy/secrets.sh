#!/bin/sh
# Makes what a deployment keeps secret, in SSM below /STACK, unless it is there already:
#   origin       what CloudFront tells the API, so that nobody goes around it
#   log-key      signs the audit log; keep its public half (printed) elsewhere
#   live-key     signs tickets for live changes
# With --map-cookies also
#   cookie-key   signs cookies for cached map tiles; its public half is printed
# `secrets.sh STACK --rotate NAME` makes one of them anew; never log-key, as a log has one key.
set -eu
umask 077

stack=${1:?usage: secrets.sh STACK [--map-cookies | --rotate NAME]}
wish=${2:-}
only=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case "$wish" in
"" | --map-cookies) ;;
--rotate)
    case "$only" in
    origin | live-key | cookie-key) ;;
    *)
        echo "what can be made anew: origin, live-key, cookie-key" >&2
        exit 2
        ;;
    esac
    ;;
*)
    echo "usage: secrets.sh STACK [--map-cookies | --rotate NAME]" >&2
    exit 2
    ;;
esac

is_there() {
    aws ssm get-parameters --names "/$stack/$1" --query 'Parameters[].Name' --output text |
        grep -q .
}

# Puts the file $work/$1 there as a parameter of type $2. By a file, since arguments can be
# seen by everybody on the machine.
put() {
    overwrite=--no-overwrite
    [ "$only" = "$1" ] && overwrite=--overwrite
    aws ssm put-parameter --name "/$stack/$1" --type "$2" --value "file://$work/$1" \
        "$overwrite" >/dev/null
    echo "made /$stack/$1"
}

# Whether a secret is to be made now.
is_wanted() {
    if [ -n "$only" ]; then
        [ "$only" = "$1" ]
    else
        ! is_there "$1"
    fi
}

random() {
    openssl rand -base64 32 | tr -d '\n'
}

if is_wanted origin; then
    random >"$work/origin"
    put origin String
fi
if is_wanted live-key; then
    random >"$work/live-key"
    put live-key SecureString
fi
if is_wanted log-key; then
    # A key of a C2SP signed note: its number is the beginning of a hash of name and key.
    name=whereabouts/$stack-$(openssl rand -hex 4)
    openssl genpkey -algorithm ed25519 -outform DER -out "$work/key"
    tail -c 32 "$work/key" >"$work/seed"
    openssl pkey -inform DER -in "$work/key" -pubout -outform DER | tail -c 32 >"$work/public"
    number=$({ printf '%s\n\001' "$name" && cat "$work/public"; } |
        openssl dgst -sha256 -binary | head -c 4 | od -An -tx1 | tr -d ' \n')
    keyed() { { printf '\001' && cat "$work/$1"; } | openssl base64 -A; }
    printf 'PRIVATE+KEY+%s+%s+%s' "$name" "$number" "$(keyed seed)" >"$work/log-key"
    put log-key SecureString
    echo "the log's public key; keep it where the log is not:"
    echo "$name+$number+$(keyed public)"
fi
if [ "$wish" = --map-cookies ] && ! is_there cookie-key || [ "$only" = cookie-key ]; then
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/cookie-key"
    put cookie-key SecureString
    echo "give this as MapCookieKey:"
    openssl pkey -in "$work/cookie-key" -pubout
fi
