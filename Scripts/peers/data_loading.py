"""What `bench data` measures, in torchvision: data_loading.py FOLDER [--workers N] ...

FOLDER is one that `bench data --folder FOLDER` wrote. Prints pictures a second of a DataLoader with as many workers,
for whole passes after the first.
"""

import argparse
import statistics
import time

import torch
from torchvision import datasets, transforms


def measure(folder, workers, repeat):
    steps = transforms.Compose([
        transforms.RandomResizedCrop(224),
        transforms.RandomHorizontalFlip(),
        transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ])
    data = datasets.ImageFolder(folder, steps)
    loader = torch.utils.data.DataLoader(
        data, batch_size=64, shuffle=True, num_workers=workers, persistent_workers=workers > 0)
    rates = []
    for _ in range(repeat + 1):
        start = time.perf_counter()
        count = sum(len(images) for images, _ in loader)
        rates.append(count / (time.perf_counter() - start))
    print(f"data/jpeg/workers{workers} {statistics.median(rates[1:]):.0f} pictures/s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--workers", type=int, action="append", help="processes (default: 1 and 2)")
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    for workers in arguments.workers or [1, 2]:
        measure(arguments.folder, workers, arguments.repeat)


if __name__ == "__main__":
    main()
