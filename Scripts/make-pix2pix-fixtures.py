#!/usr/bin/env python3
"""Makes Tests/CognitronModelsTests/Fixtures/pix2pix.json: what pix2pix's two networks give in PyTorch.

The networks are written as in the authors' program (recursively nested U-Net blocks). Weights and pictures are given
by the formula of make-zoo-fixtures.py; the statistics of batch normalisation are those of the input itself. Of the
pictures every 61st number is kept. Needs, in an environment outside the repository,

    pip install numpy torch torchvision keras tensorflow-cpu
"""

import importlib
import json

import numpy as np
import torch
from torch import nn

zoo = importlib.import_module("make-zoo-fixtures")
FIXTURE = zoo.FIXTURE.parent / "pix2pix.json"


class Block(nn.Module):
    """A level of the U-Net around the next one."""

    def __init__(self, outer, inner, inside=None, inputs=None, outermost=False):
        super().__init__()
        self.outermost = outermost
        self.down = nn.Conv2d(inputs or outer, inner, 4, 2, 1, bias=False)
        self.up = nn.ConvTranspose2d(inner if inside is None else 2 * inner, outer, 4, 2, 1, bias=outermost)
        if outermost:
            self.layers = nn.Sequential(self.down, inside, nn.ReLU(), self.up, nn.Tanh())
            return
        self.up_norm = nn.BatchNorm2d(outer)
        if inside is None:
            self.layers = nn.Sequential(nn.LeakyReLU(0.2), self.down, nn.ReLU(), self.up, self.up_norm)
            return
        self.down_norm = nn.BatchNorm2d(inner)
        self.layers = nn.Sequential(
            nn.LeakyReLU(0.2), self.down, self.down_norm, inside, nn.ReLU(), self.up, self.up_norm)

    def forward(self, x):
        return self.layers(x) if self.outermost else torch.cat([x, self.layers(x)], 1)


def generator(filters=16, levels=6):
    """The U-Net, and its layers by their names in Models/Generation/Pix2PixGenerator.swift."""
    widths = [filters * min(2**level, 8) for level in range(levels)]
    block, names = None, {}
    for level in reversed(range(levels)):
        outer = 3 if level == 0 else widths[level - 1]
        block = Block(outer, widths[level], block, 3 if level == 0 else None, level == 0)
        names |= {block.down: f"down{level + 1}.conv", block.up: f"up{level + 1}.conv"}
        if level > 0:
            names[block.up_norm] = f"up{level + 1}.norm"
        if 0 < level < levels - 1:
            names[block.down_norm] = f"down{level + 1}.norm"
    return block, names


def discriminator(filters=16, strided=2):
    layers, names, channels = [], {}, 6
    for layer in range(strided + 2):
        isLast = layer == strided + 1
        width = 1 if isLast else filters * min(2**layer, 8)
        isNormalized = 0 < layer <= strided
        convolution = nn.Conv2d(channels, width, 4, 2 if layer < strided else 1, 1, bias=not isNormalized)
        names[convolution] = f"layer{layer + 1}.conv"
        layers.append(convolution)
        if isNormalized:
            layers.append(nn.BatchNorm2d(width))
            names[layers[-1]] = f"layer{layer + 1}.norm"
        if not isLast:
            layers.append(nn.LeakyReLU(0.2))
        channels = width
    return nn.Sequential(*layers), names


def outputs(model, names, x):
    """The outputs (N, H, W, C) for pictures (N, H, W, C) with numbers in 0…1."""
    x = torch.from_numpy(2 * x.transpose(0, 3, 1, 2) - 1)
    with torch.no_grad():
        for layer, name in names.items():
            for own, value in layer.named_parameters():
                fan_in = value[0].numel() if value.dim() > 1 else 0
                value.copy_(torch.from_numpy(zoo.weights(f"{name}.{own}", tuple(value.shape), fan_in)))
        model.eval()
        hooks = zoo.normalize_by_batch(model)
        model(x)
        for hook in hooks:
            hook.remove()
        return model(x).numpy().transpose(0, 2, 3, 1)


def main():
    x = zoo.numbers("pictures", 2 * 64 * 64 * 6).reshape(2, 64, 64, 6) + np.float32(0.5)
    made = (outputs(*generator(), np.ascontiguousarray(x[..., :3])) + 1) / 2
    logits = outputs(*discriminator(), x)
    numbers = {"generator": made.ravel()[::61], "discriminator": logits.ravel()}
    FIXTURE.write_text(json.dumps({k: [round(float(n), 6) for n in v] for k, v in numbers.items()}) + "\n")
    for name, values in numbers.items():
        print(name, len(values), np.round(values[:5], 3), values.std())


if __name__ == "__main__":
    main()
