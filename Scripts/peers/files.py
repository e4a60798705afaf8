"""What `bench files` measures, with the package safetensors: files.py [--folder DIR] [--repeat N]

Saves and loads torchvision's ResNet-50. Without fsync, for the package does none; --fsync adds it.
"""

import argparse
import os
import tempfile

import torchvision
from safetensors.torch import load_file, save_file

from recurrent import median_seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", default=tempfile.gettempdir())
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--fsync", action="store_true")
    arguments = parser.parse_args()
    tensors = {k: v for k, v in torchvision.models.resnet50(weights=None).state_dict().items() if v.dim() > 0}
    size = sum(tensor.numel() * 4 for tensor in tensors.values()) / 1e6
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        path = os.path.join(folder, "a.safetensors")

        def save():
            save_file(tensors, path)
            if arguments.fsync:
                with open(path, "rb+") as file:
                    os.fsync(file.fileno())

        save()
        def copied():
            return {name: tensor.clone() for name, tensor in load_file(path).items()}

        # load_file maps the file: numbers are read when they are used.
        for name, work in [("save", save), ("load, mapped", lambda: load_file(path)), ("load, copied", copied)]:
            print(f"{name:32}{size / median_seconds(work, arguments.repeat):10.0f} MB/s")


main()
