#!/bin/bash
# Makes Sources/CognitronONNX/Generated/onnx-ml.pb.swift from the onnx-ml.proto of the Python package onnx
# (Apache-2.0), with protoc and the plugin of the swift-protobuf that the package depends on.
#
#     Scripts/make-onnx-proto.sh [PATH OF onnx-ml.proto]
#
# Without a path the package is downloaded. Needs protoc (apt install protobuf-compiler) and `swift package
# resolve`.
set -euo pipefail
cd "$(dirname "$0")/.."
version=1.23.2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ $# -gt 0 ]; then
    proto=$1
else
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet --no-deps "onnx==$version"
    proto=$(echo "$work"/venv/lib/python*/site-packages/onnx/onnx-ml.proto)
fi
cp "$proto" "$work/onnx-ml.proto"

cp -R .build/checkouts/swift-protobuf "$work/swift-protobuf"
(cd "$work/swift-protobuf" && swift build --product protoc-gen-swift)

to=Sources/CognitronONNX/Generated
mkdir -p "$to"
protoc --plugin="$work/swift-protobuf/.build/debug/protoc-gen-swift" --proto_path="$work" \
    --swift_opt=Visibility=Internal --swift_out="$work" onnx-ml.proto
{
    echo "// Made by Scripts/make-onnx-proto.sh from onnx-ml.proto of ONNX $version: copyright the ONNX"
    echo "// project's contributors, licence Apache-2.0 (https://www.apache.org/licenses/LICENSE-2.0)."
    cat "$work/onnx-ml.pb.swift"
} > "$to/onnx-ml.pb.swift"
