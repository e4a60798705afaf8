"""HDF5 files of every form that the reader takes, with what is in them as JSON."""

import json

import h5py
import numpy as np


def fill(file):
    rng = np.random.default_rng(1)
    expected = {}

    def add(name, values, **options):
        values = np.asarray(values)
        file.create_dataset(name, data=values, **options)
        expected[name] = [list(values.shape), np.asarray(values, np.float32).ravel().tolist()]

    add("plain", rng.normal(size=(3, 5)).astype("f4"))
    add("double", rng.normal(size=(4,)))
    add("half", rng.normal(size=(2, 3)).astype("f2"))
    for kind in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
        add(f"integers/{kind}", np.arange(5).astype(kind))
    add("integers/truth", np.array([True, False, True]))
    add("scalar", np.float32(2.5))
    add("nothing", np.zeros((0, 3), "f4"))
    add("packed", np.arange(7 * 11 * 3).reshape(7, 11, 3).astype("f4"), chunks=(3, 4, 2), compression="gzip")
    add("shuffled", rng.normal(size=(9, 10)).astype("f4"), chunks=(4, 4), compression="gzip", shuffle=True)
    add("chunks", rng.normal(size=(40,)).astype("f4"), chunks=(8,))
    file.create_dataset("unwritten", shape=(2, 2), dtype="f4")
    expected["unwritten"] = [[2, 2], [0.0] * 4]
    return expected


def hdf5(folder):
    """Old and newer forms of structures; the newer one keeps at most eight links to a group."""
    with h5py.File(folder / "forms.h5", "w") as file:
        expected = fill(file)
        for index in range(40):
            file[f"many/{index}"] = np.float32(index)
            expected[f"many/{index}"] = [[], [float(index)]]
        file.attrs["config"] = json.dumps({"text": "ä" * 300})
        file["many"].attrs["names"] = np.array([b"one", b"three"])
        file["many"].attrs["varying"] = ["a", "bc", ""]
    (folder / "forms.json").write_text(json.dumps(expected))
    with h5py.File(folder / "newer.h5", "w", libver=("v108", "v108")) as file:
        file["a/vars/0"] = np.arange(6, dtype="f4").reshape(2, 3)
        file["a/vars/1"] = np.float32(7)
        file["b"] = np.arange(3, dtype="f8")
        file.attrs["config"] = "{}"
