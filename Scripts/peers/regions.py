"""What `bench regions` measures, in torchvision: regions.py [--threads N] [--repeat N]

Prints milliseconds, and for suppression how many of the 10,000 boxes are kept, which `bench regions` prints too.
"""

import argparse

import numpy as np
import torch
from torchvision import ops

from recurrent import median_seconds

COUNT = 10_000


def uniform(numbers, sequence):
    """Evenly spread numbers from 0 to 1: the multiples of the roots of primes, without their whole parts."""
    return (numbers + 1) * np.sqrt([2, 3, 5, 7, 11][sequence]) % 1


def corners(left, top, width, height):
    left, top, width, height = (values.astype(np.float32) for values in (left, top, width, height))
    return torch.tensor(np.stack([left, top, left + width, top + height], axis=1))


def suppressions():
    numbers = np.arange(COUNT)
    scores = torch.tensor(uniform(numbers, 4), dtype=torch.float32)
    labels = torch.tensor(numbers % 80)
    apart = corners(
        uniform(numbers, 0) * 1200, uniform(numbers, 1) * 800, 16 + 112 * uniform(numbers, 2),
        16 + 112 * uniform(numbers, 3))
    objects = numbers % 100
    clustered = corners(
        uniform(objects, 0) * 1200 + 10 * uniform(numbers, 0),
        uniform(objects, 1) * 800 + 10 * uniform(numbers, 1), 60 + 20 * uniform(numbers, 2),
        60 + 20 * uniform(numbers, 3))
    for name, boxes in [("apart", apart), ("clustered", clustered)]:
        yield f"nms-{name}", lambda: len(ops.nms(boxes, scores, 0.7))
        yield f"nms-{name}-80-classes", lambda: len(ops.batched_nms(boxes, scores, labels, 0.7))


def features():
    numbers = np.arange(1000)
    boxes = corners(
        uniform(numbers, 0) * 900, uniform(numbers, 1) * 600, 30 + 400 * uniform(numbers, 2),
        30 + 400 * uniform(numbers, 3))
    boxes = torch.stack([boxes[:, 0], boxes[:, 1], boxes[:, 2].clamp(max=1088), boxes[:, 3].clamp(max=800)], 1)
    maps = torch.randn(1, 256, 50, 68, requires_grad=True)
    weighting = torch.randn(1000, 256, 7, 7)
    for name, function in [
        ("roi-align", lambda: ops.roi_align(maps, [boxes], 7, 1 / 16, 2)),
        ("roi-align-adaptive", lambda: ops.roi_align(maps, [boxes], 7, 1 / 16, 0)),
        ("roi-pooling", lambda: ops.roi_pool(maps, [boxes], 7, 1 / 16)),
    ]:
        def forward():
            with torch.inference_mode():
                function()

        def training():
            maps.grad = None
            function().backward(weighting)

        yield f"{name}-forward", forward
        yield f"{name}-training", training


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    for generate in [suppressions, features]:
        for name, work in generate():
            kept = work()
            milliseconds = 1e3 * median_seconds(work, arguments.repeat)
            print(f"regions/{name} {milliseconds:.2f} ms" + (f" ({kept} kept)" if kept else ""), flush=True)


if __name__ == "__main__":
    main()
