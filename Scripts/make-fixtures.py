#!/usr/bin/env python3
"""Makes the golden values that Tests/CognitronTests/Golden compares the framework with.

Keras 3 (on TensorFlow) and, where Keras has no such layer or padding, PyTorch run each layer, loss, optimizer and
metric on small random inputs. What goes in and what comes out is kept in Tests/CognitronTests/Fixtures (a family may
name other tests): one safetensors file a family (Scripts/fixtures has a script for each), and models.json.

Needs Python 3.11 or newer and, in an environment outside the repository,

    pip install numpy keras tensorflow-cpu torch pycocotools

Run it from anywhere; it takes about a minute on one core:

    python Scripts/make-fixtures.py                     # all families
    python Scripts/make-fixtures.py conv2d losses       # some of them

Deterministic: each case draws its numbers from a generator seeded by the case's name, so a new case leaves the others
as they are, and with the same library versions the files are the same bit for bit. The versions that made the files
in the repository: Keras 3.15.1, TensorFlow 2.21.0, PyTorch 2.15.0, NumPy 2.4.6.

A case's tensors are named `<case>/<thing>`; its configuration is a JSON text in the file's metadata under `<case>`,
with Keras's argument names. What it leaves out has Keras's default, which the test checks with ours. Layouts are Keras's, channels last, also for what PyTorch computed. `gradient_<thing>` is
the gradient of sum(output * weighting) with respect to the thing.

Inputs are 32-bit floats. The outputs are computed with 64 bits and rounded, so that a test measures the error of the
framework alone. The losses are computed with 32 bits as in daily use, because there the constants that keep
logarithms finite act on 32-bit numbers.
"""

import importlib
import sys
from pathlib import Path

from fixtures.golden import FAMILIES, Fixture

# After `golden`, which chooses the backend.
import keras  # isort: skip

TESTS = Path(__file__).resolve().parent.parent / "Tests"
FIXTURES = TESTS / "CognitronTests" / "Fixtures"
for file in sorted((Path(__file__).parent / "fixtures").glob("*.py")):
    importlib.import_module(f"fixtures.{file.stem}")
from fixtures.models import models  # noqa: E402


def main():
    chosen = sys.argv[1:] or [*FAMILIES, "models"]
    unknown = [name for name in chosen if name not in FAMILIES and name != "models"]
    if unknown:
        sys.exit(f"make-fixtures: no family {unknown[0]}; there are {', '.join([*FAMILIES, 'models'])}")
    for name in chosen:
        keras.config.set_floatx("float64")
        keras.utils.set_random_seed(0)
        if name == "models":
            path = FIXTURES / "models.json"
            models(path)
            print(f"{path.name}: {path.stat().st_size} bytes")
            continue
        fixture = Fixture()
        FAMILIES[name](fixture)
        path = TESTS / fixture.tests / "Fixtures" / f"{name}.safetensors"
        fixture.write(path)
        print(f"{path.name}: {len(fixture.metadata)} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
