#!/usr/bin/env bash
# Kills trainings at random moments and goes on with them, until each has ended: its model file must then have the
# bytes of a training that nothing interrupted. A classifier with augmentation, a schedule and averaged weights, a
# generator with its discriminator, and a recurrent network.
#
#     Scripts/kill-trainings.sh [KILLS]        # each, 70 by default
#
# COGNITRON names the program; by default it is built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kills=${1:-70}
if [ -z "${COGNITRON:-}" ]; then
    swift build -c release --product cognitron >/dev/null
    COGNITRON="$(swift build -c release --show-bin-path)/cognitron"
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
RANDOM=1 # the moments are drawn from this seed

# train NAME OPTIONS…: a training as a whole, and others in pieces until as many kills have been.
train() {
    local name=$1 killed=0 trainings=0
    shift
    "$COGNITRON" train "$@" --seed 1 --output "$folder/$name-whole.safetensors" >"$folder/log" 2>&1
    while [ "$killed" -lt "$kills" ]; do
        rm -rf "$folder/$name" "$folder/$name.safetensors"
        in_pieces "$@"
        cmp "$folder/$name.safetensors" "$folder/$name-whole.safetensors"
        trainings=$((trainings + 1))
    done
    echo "$name: killed $killed times in $trainings trainings, which end with the same file"
}

# One training, killed up to a second after each start until it ends.
in_pieces() {
    local arguments=("$@" --seed 1 --output "$folder/$name.safetensors" --checkpoint "$folder/$name" --checkpoint-every 3)
    while :; do
        "$COGNITRON" train "${arguments[@]}" >"$folder/log" 2>&1 &
        local process=$! status=0
        if [ "$killed" -lt "$kills" ]; then
            sleep "0.$(printf %03d $((RANDOM % 1000)))"
            if kill -9 "$process" 2>/dev/null; then killed=$((killed + 1)); fi
        fi
        wait "$process" 2>/dev/null || status=$?
        if [ "$status" -ne 0 ] && [ "$status" -ne 137 ]; then
            cat "$folder/log" >&2
            exit 1
        fi
        [ ! -e "$folder/$name/training.json" ] || arguments=(--resume "$folder/$name")
        [ "$status" -ne 0 ] || [ ! -e "$folder/$name.safetensors" ] || break
    done
}

train lenet --model lenet --dataset shapes --epochs 6 --batch-size 64 --optimizer adam --schedule cosine \
    --augment flip,shift --ema 0.99
train gan --model gan --dataset digits --epochs 12 --batch-size 64
train seq2seq --model seq2seq --dataset dates --epochs 1 --batch-size 256
