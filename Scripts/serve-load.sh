#!/usr/bin/env bash
# Measures `cognitron serve` with wrk on loopback, beside ONNX Runtime behind FastAPI and uvicorn in turn, and checks that
# no request is dropped at the server's end and while models are exchanged. Prints the tables of docs/SERVING.md. Takes
# some minutes; every run is bounded in time and connections.
#
#     Scripts/serve-load.sh [--seconds 10] [--rounds 3] [--no-peers] [--build-path FOLDER]
#
# Needs wrk (Debian's package wrk). The peers are installed into an environment outside the repository (COGNITRON_PEERS, by
# default ~/.cache/cognitron/peers).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=.build
options=()
peers=1
while [ $# -gt 0 ]; do
    case $1 in
    --build-path) build=$2 && shift ;;
    --no-peers) peers=0 && options+=("$1") ;;
    *) options+=("$1") ;;
    esac
    shift
done

command -v wrk >/dev/null || { echo "wrk is missing: apt-get install wrk" >&2 && exit 1; }
environment=${COGNITRON_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/cognitron/peers}
[ -x "$environment/bin/python" ] || python3 -m venv "$environment"
packages=(numpy)
[ "$peers" = 0 ] || packages+=(onnxruntime fastapi uvicorn uvloop httptools)
"$environment/bin/python" -c 'import sys, importlib.util as u; sys.exit(any(u.find_spec(m) is None for m in sys.argv[1:]))' \
    "${packages[@]}" || "$environment/bin/pip" install --quiet "${packages[@]}"

for product in cognitron cognitron-exchange cognitron-serve bench; do
    swift build -c release --scratch-path "$build" --product "$product" >/dev/null
done
exec "$environment/bin/python" Scripts/peers/serving.py \
    --programs "$(swift build -c release --scratch-path "$build" --show-bin-path)" ${options[@]+"${options[@]}"}
