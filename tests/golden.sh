#!/bin/bash
# golden.sh [DIR] [-- REPLAY-OPTIONS…]: how far `nacelle apiserver` alone agrees with the recorded answers of a real
# kube-apiserver. DIR (or $NACELLE_GOLDEN) holds record.py, compare.py, replay.py and open/{corpus,reference,sessions}.
# $NACELLE is the executable (default: nacelle on PATH). Prints the differences of sessions unless --quiet is given,
# then the figures. The corpus has two Pods that share a process namespace: what Nacelle warns of there is its own, so these two count as warnings that differ.
# Exit code: 0 measured, 77 skipped with the reason, 1 the server did not start.
set -u
golden=${NACELLE_GOLDEN:-}
if [ $# -gt 0 ] && [ "$1" != -- ]; then
    golden=$1
    shift
fi
[ "${1:-}" = -- ] && shift

skip() {
    echo "golden.sh: skipped: $1"
    exit 77
}

[ -n "$golden" ] || skip "no directory of recorded answers given (argument or NACELLE_GOLDEN)"
[ -f "$golden/replay.py" ] || skip "$golden has no replay.py"
nacelle=${NACELLE:-nacelle}
command -v "$nacelle" >/dev/null || skip "no nacelle executable ($nacelle)"
command -v python3 >/dev/null || skip "no python3"
python3 -c 'import yaml' 2>/dev/null || skip "no python3-yaml"

work=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$nacelle" apiserver --state-dir "$work/state" --run-dir "$work/run" --listen "127.0.0.1:$port" >"$work/log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$work"' EXIT

url=https://127.0.0.1:$port
for _ in $(seq 100); do
    if ! kill -0 $server 2>/dev/null; then
        cat "$work/log"
        exit 1
    fi
    python3 - "$url" <<'END' 2>/dev/null && break
import ssl, sys, urllib.request
urllib.request.urlopen(sys.argv[1] + '/readyz', timeout=2, context=ssl._create_unverified_context())
END
    sleep 0.1
done
token=$(cat "$work/state/pki/admin.token")

python3 "$golden/replay.py" "$url" "$token" "$golden/open/sessions" "$@"
python3 "$golden/record.py" "$url" "$token" "$work/answers" --corpus "$golden/open/corpus" >/dev/null
python3 "$golden/compare.py" "$golden/open/reference" "$work/answers" --quiet
exit 0
