#!/usr/bin/env bash
# From a fresh clone to a trained network: installs what is missing, builds, trains, and says what to try next.
#
#     Scripts/quickstart.sh                              # VGG-lite, for a few minutes
#     Scripts/quickstart.sh --model lenet --epochs 10    # anything `cognitron train` takes
#
# CIFAR-10 is taken where it is in the data folder (COGNITRON_DATA, or ~/.cache/cognitron/datasets) or can be
# downloaded; otherwise the pictures are drawn by the program itself. May be run again and again, from any folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

Scripts/setup.sh

echo "Building (the first time takes a few minutes)"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
swift build -c release --product cognitron >"$log" 2>&1 || {
    cat "$log" >&2
    exit 1
}
cognitron="$(swift build -c release --show-bin-path)/cognitron"

mkdir -p runs
if [ "$#" -gt 0 ]; then
    exec "$cognitron" train "$@"
fi

if "$cognitron" datasets cifar10; then
    "$cognitron" train --model vgg-lite --dataset cifar10 --epochs 1 --output runs/vgg-lite-cifar10.safetensors
else
    echo "CIFAR-10 is neither here nor can it be downloaded: training on Shapes, pictures that the program draws itself."
    "$cognitron" train --model vgg-lite --dataset shapes --epochs 2 --output runs/vgg-lite-shapes.safetensors
fi
