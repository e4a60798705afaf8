#!/usr/bin/env python3
"""Makes Tests/CognitronModelsTests/Fixtures/airbench.json: three steps of the airbench94 recipe in PyTorch.

Weights and pictures are given by the formula of make-zoo-fixtures.py, those of the whitening convolution too.
After each step the file has the mean loss before it, and for every trained parameter a projection, Σ w · u with
numbers u by the same formula. Needs, in an environment outside the repository,

    pip install numpy torch torchvision keras tensorflow-cpu

Recipe: github.com/KellerJordan/cifar10-airbench, airbench94_muon.py, in float32.
"""

import importlib
import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

zoo = importlib.import_module("make-zoo-fixtures")
FIXTURE = zoo.FIXTURE.parent / "airbench.json"
PICTURES, STEPS, WHITENING_STEPS = 16, 200, 75


class Group(nn.Module):
    def __init__(self, channels, filters):
        super().__init__()
        for number, inputs in (1, channels), (2, filters):
            setattr(self, f"conv{number}", nn.Conv2d(inputs, filters, 3, padding="same", bias=False))
            norm = nn.BatchNorm2d(filters, eps=1e-12, momentum=0.4)
            norm.weight.requires_grad = False
            setattr(self, f"norm{number}", norm)

    def forward(self, x):
        x = F.gelu(self.norm1(F.max_pool2d(self.conv1(x), 2)))
        return F.gelu(self.norm2(self.conv2(x)))


class AirBench(nn.Module):
    def __init__(self):
        super().__init__()
        self.whiten = nn.Conv2d(3, 24, 2)
        self.whiten.weight.requires_grad = False
        self.layers = nn.Sequential(
            nn.GELU(), Group(24, 64), Group(64, 256), Group(256, 256), nn.MaxPool2d(3))
        self.head = nn.Linear(256, 10, bias=False)

    def forward(self, x):
        x = self.layers(self.whiten(x)).flatten(1)
        return self.head(x) / x.size(-1)


def newton_schulz(gradient, steps=3):
    a, b, c = 3.4445, -4.7750, 2.0315
    x = gradient / (gradient.norm() + 1e-7)
    if x.size(0) > x.size(1):
        return newton_schulz(gradient.T, steps).T
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x


class Muon:
    def __init__(self, parameters):
        self.buffers = {p: torch.zeros_like(p) for p in parameters}

    @torch.no_grad()
    def step(self, rate, momentum=0.6):
        for p, buffer in self.buffers.items():
            buffer.mul_(momentum).add_(p.grad)
            update = newton_schulz((p.grad + momentum * buffer).flatten(1)).view(p.shape)
            p.mul_(len(p) ** 0.5 / p.norm()).sub_(rate * update)


def projection(name, p):
    u = torch.from_numpy(zoo.numbers(f"check {name}", p.numel()))
    return float((p.detach().flatten().double() * u.double()).sum())


def main():
    net = AirBench()
    with torch.no_grad():
        for name, p in net.named_parameters():
            if "norm" in name and name.endswith("weight"):
                continue
            p.copy_(torch.from_numpy(zoo.weights(name, tuple(p.shape), p[0].numel() if p.dim() > 1 else 0)))
    x = torch.from_numpy(zoo.picture((PICTURES, 32, 32, 3)).transpose(0, 3, 1, 2).copy())
    # The network's first layer, adapted to these pictures.
    x = (x - x.mean((0, 2, 3), keepdim=True)) / x.var((0, 2, 3), keepdim=True, unbiased=False).sqrt()
    y = torch.arange(PICTURES) % 10
    trained = {n: p for n, p in net.named_parameters() if p.requires_grad}
    decay = 2e-6 * PICTURES
    biases = [p for n, p in trained.items() if "norm" in n]
    sgd = torch.optim.SGD(
        [dict(params=[net.whiten.bias], lr=0.053, weight_decay=decay / 0.053),
         dict(params=biases, lr=0.053, weight_decay=decay / 0.053),
         dict(params=[net.head.weight], lr=0.67, weight_decay=decay / 0.67)],
        lr=0.053, momentum=0.85, nesterov=True)
    muon = Muon([p for p in trained.values() if p.dim() == 4])
    first = [group["lr"] for group in sgd.param_groups]
    result = {"losses": [], "projections": {name: [] for name in trained}}
    for step in range(3):
        loss = F.cross_entropy(net(x), y, label_smoothing=0.2, reduction="sum")
        result["losses"].append(loss.item() / PICTURES)
        loss.backward()
        for index, group in enumerate(sgd.param_groups):
            group["lr"] = first[index] * (1 - step / (STEPS if index else WHITENING_STEPS))
        sgd.step()
        muon.step(0.24 * (1 - step / STEPS))
        net.zero_grad(set_to_none=True)
        for name, p in trained.items():
            result["projections"][name].append(projection(name, p))
    FIXTURE.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
