#!/usr/bin/env bash
# From a fresh clone to a trained network: installs what is missing, builds, trains, and says what to try next.
#
#     Scripts/quickstart.sh                              # VGG-lite, for a few minutes
#     Scripts/quickstart.sh --model lenet --epochs 10    # anything `cognitron train` takes
#
# CIFAR-10 is taken where it is in the data folder (COGNITRON_DATA, or ~/.cache/cognitron/datasets) or can be
# downloaded; otherwise the pictures are drawn by the program itself. May be run again and again, from any folder;
# paths among the options are the caller's.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

"$root/Scripts/setup.sh"

echo "Building (the first time takes a few minutes)"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
build=(swift build --package-path "$root" -c release --product cognitron)
"${build[@]}" >"$log" 2>&1 || {
    cat "$log" >&2
    exit 1
}
cognitron="$("${build[@]}" --show-bin-path)/cognitron"

if [ "$#" -gt 0 ]; then
    "$cognitron" train "$@"
    exit
fi

# As seen from the caller's folder, so that what the program says to try next works there.
runs="$root/runs"
[ "$PWD" != "$root" ] || runs=runs
mkdir -p "$runs"
if "$cognitron" datasets cifar10; then
    "$cognitron" train --model vgg-lite --dataset cifar10 --epochs 2 --output "$runs/vgg-lite-cifar10.safetensors"
else
    echo "CIFAR-10 is neither here nor can it be downloaded: training on Shapes, pictures that the program draws itself."
    "$cognitron" train --model vgg-lite --dataset shapes --epochs 1 --output "$runs/vgg-lite-shapes.safetensors"
fi
