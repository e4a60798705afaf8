#!/usr/bin/env bash
# Runs the tests and short measurements as other machines would: with OpenBLAS's kernels for other processors, and
# compiled for other instructions. Prints a table of what passed and how fast it was, beside this machine's own choice.
#
#     Scripts/drift.sh                          # all: builds three times, runs the suite seven times (over an hour)
#     Scripts/drift.sh --filter KernelsTests    # only these tests
#     Scripts/drift.sh --only Haswell --only x86-64-v3
#
# Exit status 0 only where all tests passed everywhere. What this processor cannot run is left out and said.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
filter=() only=()
while [ $# -gt 0 ]; do
    case "$1" in
        --filter) filter=(--filter "$2") ;;
        --only) only+=("$2") ;;
        *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2 && exit 64 ;;
    esac
    shift 2
done

Scripts/setup.sh --all || exit 1
flags=" $(sed -n 's/^flags[^:]*: //p;T;q' /proc/cpuinfo) "
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0

has() { for flag in "$@"; do [[ "$flags" == *" $flag "* ]] || return 1; done; }
wanted() { [ ${#only[@]} -eq 0 ] || [[ " ${only[*]} " == *" $1 "* ]]; }

# can NAME: whether this processor runs code for it.
can() {
    case "$1" in
        Haswell | Zen | x86-64-v3) has avx2 fma bmi2 ;;
        SkylakeX) has avx512f avx512bw avx512dq avx512vl ;;
        Cooperlake) has avx512f avx512_bf16 ;;
        *) true ;;
    esac
}

# measure LABEL SCRATCH: the tests and two measurements, as a row of the table.
measure() {
    local label=$1 scratch=$2 log="$folder/$1.log" json="$folder/$1.json" tests=passed train=- predict=-
    if ! swift test --scratch-path "$scratch" "${filter[@]}" >"$log" 2>&1; then
        tests=FAILED status=1
        grep -E "✘|error:" "$log" | head -n 20 >&2
    fi
    local program
    program="$(swift build --scratch-path "$scratch" --show-bin-path)/bench"
    if "$program" train --model lenet --model vgg-lite --repeat 3 --json "$json" >>"$log" 2>&1; then
        train=$(rates "$json" train)
    fi
    if "$program" predict --model resnet18 --batch 1 --repeat 3 --json "$json" >>"$log" 2>&1; then
        predict=$(rates "$json" predict)
    fi
    printf '%-22s %-8s %-28s %s\n' "$label" "$tests" "$train" "$predict"
}

# rates FILE KIND: the images a second of a report.
rates() {
    python3 -c '
import json, sys
for figure in json.load(open(sys.argv[1]))["results"]:
    if figure["name"].startswith(sys.argv[2] + "/") and figure["unit"] == "images/s" :
        print(round(figure["median"]), end=" ")' "$1" "$2"
}

sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo
printf '%-22s %-8s %-28s %s\n' "as if for" tests "train lenet, vgg-lite /s" "predict resnet18 /s"
measure own .build
for kernel in Haswell Zen SkylakeX Cooperlake; do
    wanted "$kernel" || continue
    can "$kernel" || { echo "$kernel: not for this processor" && continue; }
    OPENBLAS_CORETYPE=$kernel measure "$kernel" .build
done
for march in x86-64 x86-64-v3; do
    wanted "$march" || continue
    can "$march" || { echo "$march: not for this processor" && continue; }
    COGNITRON_MARCH=$march measure "$march" ".build-$march"
done
exit $status
