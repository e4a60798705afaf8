#!/usr/bin/env python3
"""Makes Tests/CognitronDetectionTests/Fixtures/single-shot.json: losses of detectors with one output, and their gradients.

YOLO's two forms are plain loops over PyTorch's numbers; SSD's loss is torchvision's. Rows of truth are left, top, right,
bottom and class, -1 for none; the last picture has none. Needs, in an environment outside the repository,

    pip install numpy torch torchvision
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torchvision.models.detection import _utils as det_utils
from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
from torchvision.models.detection.ssd import SSD
from torchvision.ops import box_iou

FIXTURE = Path(__file__).resolve().parent.parent / "Tests/CognitronDetectionTests/Fixtures/single-shot.json"
SIZE, CLASSES, CELLS = 64, 4, 4


def main():
    g = np.random.default_rng(1)
    truth = objects(g)
    cases = {}

    def add(name, shape, low, high, loss):
        # Few decimals, so that the file holds what was computed with.
        prediction = torch.tensor(g.uniform(low, high, (3, *shape)).round(3), requires_grad=True)
        losses = loss(prediction, truth)
        losses.sum().backward()
        tensors = {"prediction": prediction.detach(), "losses": losses.detach(), "gradient": prediction.grad}
        cases[name] = {key: {"shape": list(value.shape), "values": [float(f"{x:.6g}") for x in value.flatten().tolist()]}
                       for key, value in tensors.items()}

    add("grid", (CELLS, CELLS, 2 * 5 + CLASSES), -0.2, 1, grid_loss)
    add("anchors", (CELLS, CELLS, len(SHAPES) * (5 + CLASSES)), -1.5, 1.5, anchor_loss)
    add("multibox", (len(corners()), 5 + CLASSES), -2, 2, multibox_loss)
    cases["truth"] = {"rows": {"shape": list(truth.shape), "values": truth.flatten().tolist()}}
    FIXTURE.write_text("{\n" + ",\n".join(f' "{name}": {json.dumps(case)}' for name, case in cases.items()) + "\n}\n")
    for name, case in cases.items():
        print(name, case.get("losses", {}).get("values"))


def corners():
    """Default boxes in pixels."""
    boxes = DefaultBoxGenerator([[2], [2]], scales=[0.2, 0.4, 0.7])._grid_default_boxes([[4, 4], [2, 2]], [SIZE, SIZE])
    boxes = boxes.double()
    return torch.cat([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], 1) * SIZE


def objects(g):
    rows = np.zeros((3, 6, 5))
    rows[:, :, 4] = -1
    for picture, count in enumerate([6, 3, 0]):
        for number in range(count):
            w, h = g.uniform(6, 40, 2)
            x, y = g.uniform(0, SIZE - w), g.uniform(0, SIZE - h)
            rows[picture, number] = [*np.round([x, y, x + w, y + h], 1), g.integers(0, CLASSES)]
    return rows


def iou(a, b):
    return float(box_iou(torch.stack([a]).double(), torch.stack([b]).double()))


def around(x, y, w, h):
    return torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2])


def grid_loss(prediction, truth, grid=CELLS):
    """Redmon et al. (2016), equation 3."""
    losses = []
    for numbers, rows in zip(prediction, truth):
        loss, responsible, full = 0, set(), set()
        for *box, label in rows:
            if label < 0:
                continue
            box = torch.tensor(np.array(box, np.float64))
            x, y = (box[0] + box[2]) / 2 / SIZE * grid, (box[1] + box[3]) / 2 / SIZE * grid
            column, row = int(x), int(y)
            if (row, column) in full:
                continue
            full.add((row, column))
            cell, overlaps, distances = numbers[row, column], [], []
            for k in range(2):
                p = cell[5 * k:5 * k + 4].detach()
                found = around((column + p[0]) / grid, (row + p[1]) / grid, p[2] ** 2, p[3] ** 2) * SIZE
                overlaps.append(iou(found, box))
                middle = torch.stack([(column + p[0]) / grid, (row + p[1]) / grid, p[2] ** 2, p[3] ** 2])
                wanted = torch.stack([x / grid, y / grid, (box[2] - box[0]) / SIZE, (box[3] - box[1]) / SIZE])
                distances.append(float(((middle - wanted) ** 2).sum()))
            k = int(np.argmax(overlaps)) if max(overlaps) > 0 else int(np.argmin(distances))
            responsible.add((row, column, k))
            p = cell[5 * k:5 * k + 5]
            w, h = (box[2] - box[0]) / SIZE, (box[3] - box[1]) / SIZE
            loss = loss + 5 * ((p[0] - (x - column)) ** 2 + (p[1] - (y - row)) ** 2)
            loss = loss + 5 * ((p[2] - w.sqrt()) ** 2 + (p[3] - h.sqrt()) ** 2) + (p[4] - overlaps[k]) ** 2
            classes = F.one_hot(torch.tensor(int(label)), CLASSES)
            loss = loss + ((cell[10:] - classes) ** 2).sum()
        for row in range(grid):
            for column in range(grid):
                for k in range(2):
                    if (row, column, k) not in responsible:
                        loss = loss + 0.5 * numbers[row, column, 5 * k + 4] ** 2
        losses.append(loss)
    return torch.stack(losses)


SHAPES = [(0.15, 0.2), (0.4, 0.3), (0.5, 0.6)]


def anchor_loss(prediction, truth, ignored=0.6, background=0.5):
    """Redmon and Farhadi (2017, 2018), as Loss.anchorCells has it."""
    losses = []
    for numbers, rows in zip(prediction.reshape(3, CELLS, CELLS, len(SHAPES), 5 + CLASSES), truth):
        boxes = [(torch.tensor(np.array(row[:4], np.float64)), int(row[4])) for row in rows if row[4] >= 0]
        places = [(row, column, k) for row in range(CELLS) for column in range(CELLS) for k in range(len(SHAPES))]
        found = {}
        for row, column, k in places:
            t, (w, h) = numbers[row, column, k].detach(), SHAPES[k]
            s = torch.sigmoid(t[:2])
            found[row, column, k] = around(
                (column + s[0]) / CELLS, (row + s[1]) / CELLS, w * torch.exp(t[2]), h * torch.exp(t[3])) * SIZE
        loss, owned = 0, {}
        for box, label in boxes:
            x, y = (box[0] + box[2]) / 2 / SIZE * CELLS, (box[1] + box[3]) / 2 / SIZE * CELLS
            w, h = (box[2] - box[0]) / SIZE, (box[3] - box[1]) / SIZE
            zero = torch.zeros((), dtype=torch.float64)
            similar = [iou(around(zero, zero, w, h), around(zero, zero, *map(torch.tensor, SHAPES[k])))
                       for k in range(len(SHAPES))]
            for k in np.argsort([-s for s in similar], kind="stable"):
                place = (int(y), int(x), int(k))
                if place in owned:
                    continue
                owned[place] = True
                t = numbers[place]
                scale = 2 - w * h
                centers = torch.stack([x - int(x), y - int(y)])
                loss = loss + scale * F.binary_cross_entropy_with_logits(t[:2], centers, reduction="sum")
                sizes = torch.log(torch.stack([w / SHAPES[k][0], h / SHAPES[k][1]]))
                loss = loss + scale * 0.5 * ((t[2:4] - sizes) ** 2).sum()
                loss = loss + F.binary_cross_entropy_with_logits(
                    t[4], torch.tensor(iou(found[place], box), dtype=torch.float64))
                loss = loss + F.cross_entropy(t[5:], torch.tensor(label))
                break
        for place in places:
            if place in owned or any(iou(found[place], box) > ignored for box, _ in boxes):
                continue
            loss = loss + background * F.softplus(numbers[place][4])
        losses.append(loss)
    return torch.stack(losses)


def multibox_loss(prediction, truth):
    """torchvision's loss of each picture, with the count of the whole batch."""
    ssd = SSD.__new__(SSD)
    torch.nn.Module.__init__(ssd)
    ssd.box_coder = det_utils.BoxCoder(weights=(10.0, 10.0, 5.0, 5.0))
    ssd.neg_to_pos_ratio = 3
    matcher = det_utils.SSDMatcher(0.5)
    targets, matches = [], []
    for rows in truth:
        rows = torch.tensor(rows[rows[:, 4] >= 0]).double()
        targets.append({"boxes": rows[:, :4], "labels": rows[:, 4].long() + 1})
        matches.append(matcher(box_iou(rows[:, :4], corners())) if len(rows)
                       else torch.full((len(corners()),), -1, dtype=torch.int64))
    total = max(1, sum(int((m >= 0).sum()) for m in matches))
    losses = []
    for number in range(len(truth)):
        outputs = {"bbox_regression": prediction[number:number + 1, :, :4], "cls_logits": prediction[number:number + 1, :, 4:]}
        own = max(1, int((matches[number] >= 0).sum()))
        parts = SSD.compute_loss(ssd, targets[number:number + 1], outputs, [corners()], matches[number:number + 1])
        losses.append(sum(parts.values()) * own / total * len(truth))
    return torch.stack(losses)


if __name__ == "__main__":
    main()
