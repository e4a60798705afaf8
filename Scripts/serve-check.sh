#!/usr/bin/env bash
# Checks a running `cognitron serve` with programs that others wrote: schemathesis against its OpenAPI description, Triton's
# client of KServe's protocol, and the page in headless Chromium with a real upload.
#
#     Scripts/serve-check.sh [--build-path FOLDER] [--screenshots FOLDER]
#
# The Python packages go into an environment outside the repository (COGNITRON_PEERS, by default
# ~/.cache/cognitron/peers). The page needs Debian's packages chromium and chromium-driver, and is left out without them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=.build
screenshots=
while [ $# -gt 0 ]; do
    case $1 in
    --build-path) build=$2 && shift ;;
    --screenshots) screenshots=$(mkdir -p "$2" && cd "$2" && pwd) && shift ;;
    *) echo "unknown option $1" >&2 && exit 2 ;;
    esac
    shift
done

environment=${COGNITRON_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/cognitron/peers}
[ -x "$environment/bin/python" ] || python3 -m venv "$environment"
"$environment/bin/python" -c 'import schemathesis, selenium, tritonclient.http' 2>/dev/null ||
    "$environment/bin/pip" install --quiet schemathesis 'tritonclient[http]' selenium numpy pillow

for product in cognitron cognitron-serve; do swift build --scratch-path "$build" --product "$product" >/dev/null; done
programs=$(swift build --scratch-path "$build" --show-bin-path)

folder=$(mktemp -d)
server=
end() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$folder"
}
trap end EXIT

echo "Training small models"
(
    cd "$folder"
    printf 'a,b,c,kind\n' >iris.csv
    for row in $(seq 60); do printf '%d,%d,%d,%s\n' $((row % 7)) $((row % 5)) $((row % 3)) "k$((row % 3))" >>iris.csv; done
    "$programs/cognitron" train --model mlp:8 --dataset csv:iris.csv --epochs 1 --output table.safetensors >/dev/null
    "$programs/cognitron" train --model lenet --dataset shapes --samples 500 --epochs 2 --output shapes.safetensors >/dev/null
    "$programs/cognitron" train --model ssd --dataset shapes-scenes --samples 200 --epochs 1 --output scenes.safetensors >/dev/null
    "$programs/cognitron" train --model segnet --dataset shapes-masks --samples 200 --epochs 1 --output masks.safetensors >/dev/null
)

"$programs/cognitron" serve --port 0 --model "$folder/table.safetensors" --model "$folder/shapes.safetensors" \
    --model "$folder/scenes.safetensors" --model "$folder/masks.safetensors" >"$folder/log" &
server=$!
until grep -q http "$folder/log"; do
    kill -0 "$server" || exit 1
    sleep 0.1
done
address=$(grep -o 'http://[^ ]*' "$folder/log")

echo "Triton's client of KServe's protocol"
"$environment/bin/python" Scripts/peers/serving_client.py "$address"

if command -v chromium >/dev/null && command -v chromedriver >/dev/null; then
    echo "The page in headless Chromium"
    "$environment/bin/python" Scripts/peers/serving_page.py "$address" ${screenshots:+"$screenshots"}
else
    echo "Left out: the page, which needs chromium and chromium-driver"
fi

echo "schemathesis"
# A body's numbers must fit its shape, which a schema cannot say: valid by the schema may be refused.
"$environment/bin/schemathesis" run "$address/openapi.json" --exclude-checks positive_data_acceptance \
    --include-path-regex '^/(health|metrics|v1/latency|v1/models$|v1/models/table|v2$|v2/models/table)' \
    --max-examples 50 --seed 1 --no-color

kill -TERM "$server"
wait "$server"
server=
echo "The server ended with status 0"
