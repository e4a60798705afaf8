"""Loads the .keras and .weights.h5 files of a folder in Keras and compares predictions with those written beside."""

import keras
import numpy as np

from . import tensors


def check(folder):
    failures = 0
    for path in sorted(folder.glob("*.keras")):
        expected = tensors.read(path.with_suffix(".safetensors"))
        inputs = [expected[f"input_{i}"] for i in range(sum(name.startswith("input_") for name in expected))]
        outputs = [expected[f"output_{i}"] for i in range(sum(name.startswith("output_") for name in expected))]
        try:
            model = keras.saving.load_model(path)
            found = keras.tree.flatten(model(inputs[0] if len(inputs) == 1 else inputs, training=False))
            scale = max(1.0, max(np.abs(value).max() for value in outputs))
            error = max(np.abs(np.asarray(a) - b).max() for a, b in zip(found, outputs, strict=True)) / scale
            weights = path.with_suffix(".weights.h5")
            if weights.exists():
                for variable in model.trainable_variables:
                    variable.assign(np.zeros(variable.shape))
                model.load_weights(weights)
                again = keras.tree.flatten(model(inputs[0] if len(inputs) == 1 else inputs, training=False))
                error = max(error, max(np.abs(np.asarray(a) - b).max() for a, b in zip(again, outputs)) / scale)
            if "after" in expected:
                model.compile(optimizer=model.optimizer, loss="mse")
                model.train_on_batch(inputs[0], expected["target"])
                error = max(error, np.abs(np.asarray(model(inputs[0])) - expected["after"]).max())
            verdict = "ok" if error < 1e-5 else "DIFFERS"
            print(f"{path.stem:30} {model.count_params():>12,} {error:10.1e} {verdict}")
            failures += verdict != "ok"
        except Exception as problem:
            lines = str(problem).strip().splitlines() or [repr(problem)]
            print(f"{path.stem:30} FAILED {type(problem).__name__}: {lines[-1][-600:]}")
            failures += 1
    print(f"{failures} of {len(list(folder.glob('*.keras')))} failed")
    return failures > 0
