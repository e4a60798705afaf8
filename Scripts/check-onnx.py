#!/usr/bin/env python3
"""Checks exported ONNX files with onnx's checker and ONNX Runtime, and prints a table.

    COGNITRON_LAYER_CASES=LAYERS swift test --filter ConformanceTests
    COGNITRON_LAYER_CASES=LAYERS COGNITRON_ONNX_CASES=FOLDER swift test --filter ExportTableTests
    Scripts/check-onnx.py FOLDER

Each case is a folder as of ONNX's own tests: model.onnx, test_data_set_0/input_0.pb, output_0.pb. Needs onnx
and onnxruntime.
"""

import glob
import os
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import numpy_helper

TOLERANCE = 1e-4


def tensors(folder: str, kind: str) -> list[np.ndarray]:
    paths = glob.glob(f"{folder}/test_data_set_0/{kind}_*.pb")
    paths.sort(key=lambda path: int(path.rsplit("_", 1)[1][:-3]))
    return [numpy_helper.to_array(onnx.load_tensor(path)) for path in paths]


def check(folder: str) -> tuple[str, float]:
    path = f"{folder}/model.onnx"
    onnx.checker.check_model(path, full_check=True)
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    inputs = {i.name: x for i, x in zip(session.get_inputs(), tensors(folder, "input"))}
    worst = 0.0
    for ours, theirs in zip(tensors(folder, "output"), session.run(None, inputs), strict=True):
        if ours.shape != theirs.shape:
            return f"shape {theirs.shape}, expected {ours.shape}", float("inf")
        scale = max(1.0, float(np.abs(ours).max(initial=0)))
        difference = float(np.abs(ours - theirs).max(initial=0)) / scale
        worst = max(worst, difference if np.isfinite(difference) else float("inf"))
    # One sample: the batch is free.
    one = session.run(None, {name: x[:1] for name, x in inputs.items()})
    if any(y.shape[0] != 1 for y in one):
        return "another batch gives other shapes", float("inf")
    return "equal" if worst <= TOLERANCE else "differs", worst


failed = 0
for folder in sorted(glob.glob(f"{sys.argv[1]}/*")):
    name = os.path.basename(folder)
    try:
        verdict, worst = check(folder)
    except Exception as error:  # what the checker or the runtime says, whatever it is
        verdict, worst = f"{type(error).__name__}: {str(error).splitlines()[0][:200]}", float("inf")
    failed += verdict != "equal"
    print(f"{name:40} {verdict:10} {worst:.1e}", flush=True)
print(f"{failed} of {len(glob.glob(f'{sys.argv[1]}/*'))} are not equal")
sys.exit(failed > 0)
