#!/usr/bin/env python3
"""Makes the files of Keras and HDF5 that Tests/CognitronKerasTests reads, and checks what Cognitron writes.

    python Scripts/make-keras-fixtures.py                    # the fixtures
    python Scripts/make-keras-fixtures.py check FOLDER       # files that COGNITRON_KERAS_CHECK=FOLDER has written

Needs Python 3.11 or newer with keras, tensorflow-cpu, h5py and numpy. The versions that made the fixtures: Keras
3.15.1, TensorFlow 2.21.0, h5py 3.14.0.

Each model's file has every layer of a family, called on small random inputs; `predictions.safetensors` holds the
inputs and what Keras predicts. The archives are packed, which Keras does not do, to keep them small.
"""

import os
import sys
import zipfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
sys.dont_write_bytecode = True

from keras_exchange.check import check  # noqa: E402
from keras_exchange.hdf5 import hdf5  # noqa: E402
from keras_exchange.models import models  # noqa: E402

FIXTURES = Path(__file__).resolve().parent.parent / "Tests" / "CognitronKerasTests" / "Fixtures"

if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        sys.exit(check(Path(sys.argv[2])))
    FIXTURES.mkdir(parents=True, exist_ok=True)
    hdf5(FIXTURES)
    models(FIXTURES)
    # HDF5 files are mostly zeros.
    with zipfile.ZipFile(FIXTURES / "hdf5.zip", "w") as archive:
        for file in sorted(FIXTURES.glob("*.h5")):
            archive.writestr(zipfile.ZipInfo(file.name), file.read_bytes(), zipfile.ZIP_DEFLATED, 9)
            file.unlink()
    print(sum(file.stat().st_size for file in FIXTURES.iterdir()), "bytes")
