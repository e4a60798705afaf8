#!/usr/bin/env bash
# Trains the same models here and in PyTorch (eager), in turn, and prints the ratio of the medians.
#
#     Scripts/compare-peers.sh [--model resnet18] [--batch 128] [--threads N] [--rounds 3]
#
# PyTorch is installed into an environment outside the repository (COGNITRON_PEERS, by default
# ~/.cache/cognitron/peers). Exit status 0 only where no model trains slower here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

models=(lenet vgg-lite resnet18)
batch=128
threads=$(nproc)
rounds=3
while [ "$#" -gt 0 ]; do
    if [ "$#" -lt 2 ]; then
        echo "option $1 needs a value: see the head of $0" >&2
        exit 2
    fi
    case "$1" in
    --model) models=("$2") ;;
    --batch) batch=$2 ;;
    --threads) threads=$2 ;;
    --rounds) rounds=$2 ;;
    *)
        echo "unknown option $1: see the head of $0" >&2
        exit 2
        ;;
    esac
    shift 2
done

Scripts/setup.sh
environment=${COGNITRON_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/cognitron/peers}
python="$environment/bin/python"
[ -x "$python" ] || python3 -m venv "$environment"
"$python" -c "import torch" 2>/dev/null || "$environment/bin/pip" install --quiet torch numpy
swift build -c release --product bench >/dev/null
bench="$(swift build -c release --show-bin-path)/bench"

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

echo "training, batch $batch, $threads threads, images/s (medians of $rounds rounds, in turn)"
printf '%-10s %10s %10s %8s\n' model cognitron pytorch ratio
status=0
for model in "${models[@]}"; do
    ours=() theirs=()
    for _ in $(seq "$rounds"); do
        ours+=("$("$bench" train --model "$model" --batch "$batch" --threads "$threads" --repeat 5 |
            awk -v model="$model" '$1 == model { print $3 }')")
        theirs+=("$("$python" Scripts/peers/pytorch.py "$model" --batch "$batch" --threads "$threads" --repeat 5)")
    done
    a=$(printf '%s\n' "${ours[@]}" | median)
    b=$(printf '%s\n' "${theirs[@]}" | median)
    awk -v m="$model" -v a="$a" -v b="$b" \
        'BEGIN { printf "%-10s %10.1f %10.1f %7.2f×\n", m, a, b, a / b; exit !(a >= b) }' || status=1
done
exit "$status"
