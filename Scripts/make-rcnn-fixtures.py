#!/usr/bin/env python3
"""Makes Tests/CognitronModelsTests/Fixtures/rcnn.safetensors: what torchvision's Mask R-CNN, on a small backbone, makes
of pictures, stage by stage, with the losses and gradients of a step.

    make-rcnn-fixtures.py                  the small one, for the repository
    make-rcnn-fixtures.py --full FILE      maskrcnn_resnet50_fpn with random weights (some 300 MB): the test reads it
                                           where COGNITRON_RCNN_FIXTURE names it

Weights stand under our names and in our layout, as do the features (N, H, W, C). All anchors and regions are sampled,
so that the step has no random choice. Deterministic. Needs, in an environment outside the repository,

    pip install numpy torch torchvision

The file in the repository was made with PyTorch 2.15.0 and torchvision 0.29.2.
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torchvision.models import detection
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor
from torchvision.models.detection.roi_heads import paste_masks_in_image
from torchvision.ops import MultiScaleRoIAlign

FIXTURE = Path(__file__).parent.parent / "Tests" / "CognitronModelsTests" / "Fixtures" / "rcnn.safetensors"


class Backbone(nn.Module):
    """Three convolutions with strides of 2; the last two outputs are the levels, and every second pixel of the last."""

    out_channels = 8

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2, self.conv3 = (
            nn.Conv2d(channels, 8, 3, stride=2, padding=1) for channels in (3, 8, 8))

    def forward(self, x):
        fine = torch.relu(self.conv2(torch.relu(self.conv1(x))))
        coarse = torch.relu(self.conv3(fine))
        return {"0": fine, "1": coarse, "pool": torch.max_pool2d(coarse, 1, 2)}


def small():
    model = detection.MaskRCNN(
        Backbone(), min_size=32, max_size=48, rpn_batch_size_per_image=4096, box_batch_size_per_image=4096,
        rpn_anchor_generator=AnchorGenerator(((8,), (16,), (32,)), ((0.5, 1.0, 2.0),) * 3),
        rpn_pre_nms_top_n_test=20, rpn_post_nms_top_n_test=12, rpn_pre_nms_top_n_train=40,
        rpn_post_nms_top_n_train=30, box_detections_per_img=4,
        box_roi_pool=MultiScaleRoIAlign(["0", "1"], 4, 2), box_head=TwoMLPHead(8 * 16, 16),
        box_predictor=FastRCNNPredictor(16, 4), mask_roi_pool=MultiScaleRoIAlign(["0", "1"], 6, 2),
        mask_head=MaskRCNNHeads(8, (8,), 1), mask_predictor=MaskRCNNPredictor(8, 8, 4))
    for name, value in model.named_parameters():
        if value.dim() > 1:
            nn.init.normal_(value, std=(2 / value[0].numel()) ** 0.5)
        else:
            nn.init.normal_(value, std=0.2)
    with torch.no_grad():
        # Masks of both kinds of pixels.
        model.roi_heads.mask_predictor.mask_fcn_logits.weight.mul_(4)
        model.roi_heads.mask_predictor.mask_fcn_logits.bias.fill_(2)
    return model


def full():
    model = detection.maskrcnn_resnet50_fpn(
        weights=None, weights_backbone=None, min_size=160, max_size=256, box_score_thresh=0.005,
        box_detections_per_img=10, rpn_batch_size_per_image=100_000, box_batch_size_per_image=100_000)
    for name, value in model.named_parameters():
        if name.startswith("rpn.head") or "predictor" in name:
            nn.init.normal_(value, std=0.05 if value.dim() > 1 else 0.1)
    # Statistics as those of a trained network, else the features of the fourth stage are some thousands.
    model.train()
    with torch.no_grad():
        for _ in range(100):
            model.backbone(torch.randn(1, 3, 160, 160))
    return model


def path(name):
    """Our name of a parameter: network, layer, own name."""
    network, layer = {
        "backbone": ("backbone", ""), "rpn": ("rpn", ""), "roi_heads.box": ("box_head", "box"),
        "roi_heads.mask": ("mask_head", "mask"),
    }[next(start for start in ("backbone", "rpn", "roi_heads.box", "roi_heads.mask") if name.startswith(start))]
    rest = name.removeprefix("backbone.").removeprefix("body.").removeprefix("rpn.").removeprefix("roi_heads.")
    layer, own = rest.rsplit(".", 1)
    norm = "bn" in layer.rsplit(".", 1)[-1] or layer.endswith("downsample.1")
    own = {
        "weight": "gamma" if norm else "kernel", "bias": "beta" if norm else "bias",
        "running_mean": "moving_mean", "running_var": "moving_variance",
    }[own]
    return f"{network}/{layer}/{own}"


def ours(name, value):
    """A weight in our layout."""
    if name.endswith("conv5_mask.weight"):  # (in, out, KH, KW) to (KH, KW, out, in)
        return value.permute(2, 3, 1, 0)
    if value.dim() == 4:
        return value.permute(2, 3, 1, 0)
    if name.endswith("fc6.weight"):  # of C × H × W numbers, which stand as H × W × C here
        size = {128: (8, 4, 4), 12544: (256, 7, 7)}[value.shape[1]]
        return value.view(-1, *size).permute(2, 3, 1, 0).reshape(value.shape[1], -1)
    return value.T if value.dim() == 2 else value


def last(value):
    """(N, C, H, W) as (N, H, W, C)."""
    return value.permute(0, 2, 3, 1)


def predict(model, pictures, add):
    model.eval()
    with torch.no_grad():
        batch, _ = model.transform([picture.permute(2, 0, 1) for picture in pictures])
        add("batch", last(batch.tensors)[:, ::4, ::3])
        features = model.backbone(batch.tensors)
        for level, value in enumerate(features.values()):
            add(f"features.{level}", last(value))
        for kind, values in zip(("objectness", "offsets"), model.rpn.head(list(features.values()))):
            for level, value in enumerate(values):
                add(f"{kind}.{level}", last(value))
        regions, _ = model.rpn(batch, features)
        heads, sizes = model.roi_heads, batch.image_sizes
        crops = heads.box_roi_pool(features, regions, sizes)
        logits, offsets = heads.box_predictor(heads.box_head(crops))
        boxes, scores, labels = heads.postprocess_detections(logits, offsets, regions, sizes)
        mask_crops = heads.mask_roi_pool(features, boxes, sizes)
        masks = heads.mask_predictor(heads.mask_head(mask_crops))
        own = masks[torch.arange(len(masks)), torch.cat(labels)].sigmoid()
        restored = model.transform.postprocess(
            [{"boxes": box, "labels": label, "scores": score, "masks": mask[:, None]} for box, label, score, mask in
             zip(boxes, labels, scores, own.split([len(box) for box in boxes]))],
            sizes, [tuple(picture.shape[:2]) for picture in pictures])
    add("crops", last(crops)), add("logits", logits), add("box_offsets", offsets)
    add("mask_crops", last(mask_crops)), add("mask_logits", last(masks))
    for number in range(len(pictures)):
        add(f"size.{number}", torch.tensor(sizes[number]))
        add(f"regions.{number}", regions[number]), add(f"boxes.{number}", boxes[number])
        add(f"scores.{number}", scores[number]), add(f"labels.{number}", labels[number] - 1)
        add(f"restored.{number}", restored[number]["boxes"])
        add(f"masks.{number}", (restored[number]["masks"][:, 0] > 0.5).float())


def step(model, pictures, add):
    """The losses and some gradients of a step, all choices taken; the second picture has no objects."""
    height, width = pictures[0].shape[:2]
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    boxes = torch.tensor([[2.0, 3, 15, 14], [9, 8, 24, 29]]) * torch.tensor([width, height] * 2) / 30
    instances = torch.zeros(height, width)
    instances[((rows - 0.65 * height) / (0.3 * height)) ** 2 + ((columns - 0.55 * width) / (0.22 * width)) ** 2 < 1] = 2
    instances[int(boxes[0, 1]):int(boxes[0, 3]), int(boxes[0, 0]):int(boxes[0, 2])] = 1
    labels = torch.tensor([1, 3])
    masks = torch.stack([instances == 1, instances == 2]).to(torch.uint8)
    nothing = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64),
               "masks": torch.zeros(0, height, width, dtype=torch.uint8)}
    model.train()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    losses = model([picture.permute(2, 0, 1) for picture in pictures],
                   [{"boxes": boxes, "labels": labels, "masks": masks}, nothing])
    sum(losses.values()).backward()
    rows = torch.cat([boxes, labels[:, None] - 1], 1)
    add("step/boxes", torch.stack([rows, torch.tensor([0.0, 0, 0, 0, -1]).expand(2, 5)]))
    add("step/instances", torch.stack([instances, torch.zeros(height, width)]))
    names = {"loss_objectness": "objectness_loss", "loss_rpn_box_reg": "proposal_loss",
             "loss_classifier": "class_loss", "loss_box_reg": "box_loss", "loss_mask": "mask_loss"}
    for name, loss in losses.items():
        add(f"step/{names[name]}", loss)


def main():
    torch.manual_seed(20)
    is_full = sys.argv[1:2] == ["--full"]
    model, file = (full(), Path(sys.argv[2])) if is_full else (small(), FIXTURE)
    tensors = {}

    def add(name, value):
        tensors[name] = np.ascontiguousarray(value.detach().float().numpy())

    shapes = [(120, 150), (150, 100)] if is_full else [(24, 30), (20, 28)]
    pictures = [torch.rand(*shape, 3) for shape in shapes]
    for number, picture in enumerate(pictures):
        add(f"picture.{number}", picture)
    step_pictures = [pictures[0], torch.rand(*shapes[0], 3)]
    add("step/pictures", torch.stack(step_pictures))
    for name, value in model.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            add(f"weights/{path(name)}", ours(name, value))
    predict(model, pictures, add)
    step(model, step_pictures, add)
    for name, parameter in model.named_parameters():
        if not is_full and (name.startswith("backbone") or name.endswith("bias")) or name.endswith(
                ("backbone.body.conv1.weight", "inner_blocks.0.0.weight", "cls_logits.weight", "cls_score.weight")):
            add(f"step/gradients/{path(name)}", ours(name, parameter.grad))
    write(file, tensors)
    print(f"{file.name}: {len(tensors)} tensors, {file.stat().st_size} bytes")


def write(file, tensors):
    header, offset = {}, 0
    for name, values in sorted(tensors.items()):
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [offset, offset + values.nbytes]}
        offset += values.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(file, "wb") as output:
        output.write(struct.pack("<Q", len(text)) + text)
        for _, values in sorted(tensors.items()):
            output.write(values.astype("<f4").tobytes())


if __name__ == "__main__":
    main()
