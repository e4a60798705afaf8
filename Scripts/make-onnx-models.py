#!/usr/bin/env python3
"""Writes networks of PyTorch and torchvision as ONNX files with inputs and outputs, for ImportTableTests:

    Scripts/make-onnx-models.py FOLDER
    COGNITRON_ONNX_MODELS=FOLDER swift test --filter ImportTableTests

Weights are random, so nothing is downloaded. Needs torch, torchvision and onnx.
"""

import os
import sys

import onnx
import torch
import torchvision
from onnx import numpy_helper
from torch import nn

FOLDER = sys.argv[1]
ZOO = [
    "resnet18", "mobilenet_v2", "mobilenet_v3_small", "squeezenet1_0", "densenet121", "googlenet",
    "shufflenet_v2_x0_5", "efficientnet_b0", "regnet_y_400mf", "vit_b_16", "swin_t", "convnext_tiny",
    "inception_v3", "mnasnet0_5",
]


class Pictures(nn.Module):
    """Convolutions, poolings, normalisation and resizing of many kinds."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU6(),
            nn.MaxPool2d(3, 2, 1, ceil_mode=True), nn.Conv2d(8, 8, 3, 1, 1, groups=8), nn.Hardswish(),
            nn.Conv2d(8, 16, 1), nn.GELU(), nn.AvgPool2d(2), nn.ConvTranspose2d(16, 8, 2, 2), nn.SiLU(),
            nn.GroupNorm(4, 8), nn.Upsample(scale_factor=2, mode="bilinear"),
            nn.Upsample(scale_factor=2, mode="nearest"))
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5), nn.LogSoftmax(1))

    def forward(self, x):
        y = self.features(x)
        means = y.view(y.shape[0], 8, -1).mean(-1)
        return self.head(y), torch.cat([means, y.amax((2, 3))], 1)


class Sequences(nn.Module):
    """An LSTM of two layers and directions, then a GRU."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 6)
        self.lstm = nn.LSTM(6, 5, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(10, 4, batch_first=True)
        self.dense = nn.Linear(4, 3)

    def forward(self, x):
        y, (h, _) = self.lstm(self.embedding(x))
        z, _ = self.gru(y)
        return self.dense(z[:, -1]), z, h.transpose(0, 1).reshape(x.shape[0], -1)


class Encoder(nn.Module):
    """PyTorch's own transformer encoder."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 16)
        self.positions = nn.Parameter(torch.randn(1, 9, 16))
        layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.dense = nn.Linear(16, 20)

    def forward(self, x):
        return self.dense(self.encoder(self.embedding(x) + self.positions))


class CausalBlock(nn.Module):
    """Causal attention, written out."""

    def __init__(self):
        super().__init__()
        self.projection = nn.Linear(16, 48)
        self.output = nn.Linear(16, 16)

    def forward(self, x):
        n, steps, size = x.shape
        parts = self.projection(x).chunk(3, -1)
        q, k, v = [part.view(n, steps, 4, size // 4).transpose(1, 2) for part in parts]
        keep = torch.tril(torch.ones(steps, steps)).bool()
        weights = (q @ k.transpose(-2, -1) / 2).masked_fill(~keep, float("-inf")).softmax(-1)
        return x + self.output((weights @ v).transpose(1, 2).contiguous().view(n, steps, size))


def write(name, model, inputs, is_dynamic=True):
    model.eval()
    folder = f"{FOLDER}/{name}"
    data = f"{folder}/test_data_set_0"
    os.makedirs(data, exist_ok=True)
    with torch.no_grad():
        outputs = model(*inputs)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    names = [f"x{number}" for number in range(len(inputs))]
    torch.onnx.export(
        model, inputs, f"{folder}/model.onnx", input_names=names, opset_version=17, dynamo=False,
        dynamic_axes={name: {0: "N"} for name in names} if is_dynamic else {})
    for kind, tensors in (("input", inputs), ("output", outputs)):
        for number, tensor in enumerate(tensors):
            onnx.save_tensor(numpy_helper.from_array(tensor.numpy()), f"{data}/{kind}_{number}.pb")


torch.manual_seed(0)
write("pictures", Pictures(), (torch.randn(2, 3, 32, 32),))
write("pictures_fixed_batch", Pictures(), (torch.randn(1, 3, 32, 32),), is_dynamic=False)
write("sequences", Sequences(), (torch.randint(0, 20, (2, 7)),))
write("encoder", Encoder(), (torch.randint(0, 20, (2, 9)),))
write("causal_block", CausalBlock(), (torch.randn(2, 6, 16),))
for name in ZOO:
    arguments = {"init_weights": True} if name in ("googlenet", "inception_v3") else {}
    if name == "googlenet":
        arguments["aux_logits"] = False
    size = 299 if name == "inception_v3" else 224
    network = getattr(torchvision.models, name)(weights=None, **arguments)
    write(name, network, (torch.randn(2, 3, size, size),))
