#!/usr/bin/env bash
# Trains and predicts with the same models here and in PyTorch, ONNX Runtime and Keras / TensorFlow, in turn, and prints
# the ratios of the medians beside their goals. Exit status 0 only where every goal holds and nothing else kept the
# processors busy.
#
#     Scripts/compare-peers.sh [--rounds 3] [--quick] [--model resnet18] [--threads N] [--output docs]
#
# --model takes any name of `bench`; those without goals are only shown. --quick leaves out torch.compile and Keras. The
# table and a chart go to peers.md and peers.svg in --output. The peers are installed into an environment outside the
# repository (COGNITRON_PEERS, by default ~/.cache/cognitron/peers).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

environment=${COGNITRON_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/cognitron/peers}
python="$environment/bin/python"
packages=(torch torchvision numpy onnx onnxruntime tensorflow-cpu keras safetensors)
modules=(torch torchvision numpy onnx onnxruntime tensorflow keras safetensors)

python3 Scripts/peers/compare.py "$@" # checks the options before anything is installed
case " $* " in *" -h "* | *" --help "*) exit ;; esac

Scripts/setup.sh
[ -x "$python" ] || python3 -m venv "$environment"
"$python" -c 'import sys, importlib.util as u; sys.exit(any(u.find_spec(m) is None for m in sys.argv[1:]))' \
    "${modules[@]}" || "$environment/bin/pip" install --quiet "${packages[@]}"
swift build -c release --product bench >/dev/null
bench="$(swift build -c release --show-bin-path)/bench"
exec "$python" Scripts/peers/compare.py --bench "$bench" "$@"
