#!/usr/bin/env python3
"""Makes Tests/CognitronDetectionTests/Fixtures/boxes.json: what torchvision's parts of detectors make of boxes.

Overlaps, offsets, anchors, default boxes, matches, suppression and losses, on random boxes. Torchvision has no soft
suppression: that is the paper's, below. Deterministic. Needs, in an environment outside the repository,

    pip install numpy torch torchvision

The file in the repository was made with PyTorch 2.15.0 and torchvision 0.29.2.
"""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from torch.nn.functional import smooth_l1_loss
from torchvision import ops
from torchvision.models.detection import _utils as detection
from torchvision.models.detection.anchor_utils import AnchorGenerator, DefaultBoxGenerator

FIXTURE = Path(__file__).parent.parent / "Tests" / "CognitronDetectionTests" / "Fixtures" / "boxes.json"
generator = np.random.default_rng(20)


def boxes(count, size=100):
    """Boxes that overlap each other, in a square of the given size."""
    corners = generator.uniform(0, 0.7, (count, 2))
    sizes = generator.uniform(0.05, 0.3, (count, 2))
    return torch.tensor(size * np.concatenate([corners, corners + sizes], axis=1), dtype=torch.float32)


def numbers(tensor):
    return [float(f"{value:.8g}") for value in tensor.detach().double().flatten().tolist()]


def integers(tensor):
    return [int(value) for value in tensor.flatten().tolist()]


def overlaps():
    a, b = boxes(12), boxes(9)
    a[0] = torch.tensor([-90, -90, -80, -70])  # overlaps none
    own, others = a[:9].double().requires_grad_(), b.double()
    losses = ops.generalized_box_iou_loss(own, others)
    losses.sum().backward()
    return {
        "a": numbers(a), "b": numbers(b), "iou": numbers(ops.box_iou(a, b)),
        "generalized": numbers(ops.generalized_box_iou(a, b)), "losses": numbers(losses),
        "gradients": numbers(own.grad), "centers": numbers(ops.box_convert(a, "xyxy", "cxcywh")),
        "sizes": numbers(ops.box_convert(a, "xyxy", "xywh")),
    }


def offsets():
    weights = (10.0, 10.0, 5.0, 5.0)
    coder, a, anchors = detection.BoxCoder(weights), boxes(12), boxes(12)
    codes = torch.tensor(generator.normal(0, 4, (12, 4)), dtype=torch.float32)
    codes[0, 2:] = 100  # larger than is decoded
    return {
        "weights": weights, "boxes": numbers(a), "anchors": numbers(anchors),
        "encoded": numbers(coder.encode_single(a, anchors)), "codes": numbers(codes),
        "decoded": numbers(coder.decode_single(codes, anchors)),
    }


def generated(generate, levels, height, width):
    images = SimpleNamespace(tensors=torch.zeros(1, 3, height, width), image_sizes=[(height, width)])
    return numbers(generate(images, [torch.zeros(1, 1, *level) for level in levels])[0])


def anchors():
    sizes, ratios = ((24.0, 33.0), (70.0,)), ((0.5, 1.0, 2.0), (0.3, 1.0))
    levels, height, width = [(3, 4), (2, 1)], 50, 70
    values = generated(AnchorGenerator(sizes, ratios), levels, height, width)
    return {
        "sizes": sizes, "ratios": ratios, "levels": levels, "height": height, "width": width, "boxes": values,
    }


def default_boxes():
    ssd = DefaultBoxGenerator(
        [[2], [2, 3], [2, 3], [2, 3], [2], [2]], scales=[0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05],
        steps=[8, 16, 32, 64, 100, 300])
    maps = [(38, 38), (19, 19), (10, 10), (5, 5), (3, 3), (1, 1)]
    all_boxes = torch.tensor(generated(ssd, maps, 300, 300)).reshape(-1, 4)
    small, levels = DefaultBoxGenerator([[2], [2, 3]], clip=False), [(4, 3), (2, 2)]
    return {
        "every": 97, "ssd": numbers(all_boxes[::97]), "levels": levels, "height": 40, "width": 30,
        "boxes": generated(small, levels, 40, 30),
    }


def matches():
    truth, anchors = boxes(6), torch.cat([boxes(60), boxes(3) + 300])
    overlap = ops.box_iou(truth, anchors)
    assert (overlap.max(1)[0] > 0).all()
    losses = torch.tensor(generator.uniform(0, 5, 63), dtype=torch.float32)
    best = detection.SSDMatcher(0.5)(overlap)
    # As in torchvision's SSD.
    negative = losses.clone()
    negative[best >= 0] = -float("inf")
    order = negative.sort(descending=True)[1][: 3 * int((best >= 0).sum())]
    return {
        "truth": numbers(truth), "anchors": numbers(anchors),
        "low_quality": integers(detection.Matcher(0.5, 0.2, True)(overlap)),
        "thresholds": integers(detection.Matcher(0.5, 0.2, False)(overlap)), "ssd": integers(best),
        "losses": numbers(losses), "hard": integers(order),
    }


def soft(a, scores, factor, threshold):
    rest, taken = [[i, float(s)] for i, s in enumerate(scores) if s >= threshold], []
    while rest:
        best = max(rest, key=lambda one: one[1])
        rest.remove(best)
        taken.append(best)
        for one in rest:
            one[1] *= factor(float(ops.box_iou(a[best[0]][None].double(), a[one[0]][None].double())))
        rest = [one for one in rest if one[1] >= threshold]
    return {"indices": [one[0] for one in taken], "scores": [float(f"{one[1]:.8g}") for one in taken]}


def suppression():
    a = boxes(250)
    scores = torch.tensor(generator.permutation(250) / 250, dtype=torch.float32)
    labels = torch.tensor(generator.integers(0, 4, 250))
    return {
        "boxes": numbers(a), "scores": numbers(scores), "labels": integers(labels),
        "kept": {str(t): integers(ops.nms(a, scores, t)) for t in [0.1, 0.5, 0.7]},
        "classes": integers(ops.batched_nms(a, scores, labels, 0.5)),
        "linear": soft(a[:60], scores[:60], lambda iou: 1 - iou if iou > 0.3 else 1, 0.05),
        "gaussian": soft(a[:60], scores[:60], lambda iou: float(np.exp(-iou * iou / 0.5)), 0.05),
    }


def losses():
    difference = torch.tensor(generator.normal(0, 1, (8, 4)), dtype=torch.float64, requires_grad=True)
    smooth = {}
    for beta in [1.0, 1 / 9]:
        difference.grad = None
        loss = smooth_l1_loss(difference, torch.zeros(8, 4, dtype=torch.float64), reduction="none", beta=beta).sum(1)
        loss.sum().backward()
        smooth[f"{beta:.8g}"] = {"losses": numbers(loss), "gradients": numbers(difference.grad)}
    logits = torch.tensor(generator.normal(0, 3, (10, 1)), dtype=torch.float64, requires_grad=True)
    targets = torch.tensor(generator.integers(0, 2, (10, 1)), dtype=torch.float64)
    focal = ops.sigmoid_focal_loss(logits, targets, alpha=0.25, gamma=2)
    focal.sum().backward()
    return {
        "differences": numbers(difference), "smooth": smooth, "logits": numbers(logits),
        "targets": numbers(targets), "focal": numbers(focal), "focal_gradients": numbers(logits.grad),
    }


def main():
    parts = [overlaps, offsets, anchors, default_boxes, matches, suppression, losses]
    FIXTURE.write_text(json.dumps({part.__name__: part() for part in parts}) + "\n")
    print(f"{FIXTURE.name}: {FIXTURE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
