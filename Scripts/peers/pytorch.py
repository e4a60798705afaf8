"""Training steps of the benchmark's models in PyTorch, timed: pytorch.py MODEL --batch N --threads N --repeat N

Prints the median images a second. The models are those of Models/, layer for layer; SGD with momentum 0.9 and
cross-entropy from logits, channels-last memory, which is PyTorch's faster layout here.
"""

import argparse
import statistics
import time

import torch
from torch import nn


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def vgg_lite():
    layers, channels = [], 3
    for filters in (64, 128, 256):
        for _ in range(2):
            layers += [nn.Conv2d(channels, filters, 3, padding=1, bias=False), nn.BatchNorm2d(filters),
                       nn.ReLU(inplace=True)]
            channels = filters
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(4096, 512), nn.ReLU(), nn.Dropout(0.5), nn.Linear(512, 10))


class BasicBlock(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.residual = nn.Sequential(
            nn.Conv2d(channels, filters, 3, stride, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU(inplace=True),
            nn.Conv2d(filters, filters, 3, 1, 1, bias=False), nn.BatchNorm2d(filters))
        self.shortcut = nn.Identity() if channels == filters else nn.Sequential(
            nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters))

    def forward(self, x):
        return torch.relu(self.residual(x) + self.shortcut(x))


def resnet18():
    layers, channels = [nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)], 64
    for stage, filters in enumerate((64, 128, 256, 512)):
        for block in range(2):
            layers.append(BasicBlock(channels, filters, 2 if block == 0 and stage > 0 else 1))
            channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


models = {"lenet": (lenet, (1, 28, 28)), "vgg-lite": (vgg_lite, (3, 32, 32)), "resnet18": (resnet18, (3, 32, 32))}

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("model", choices=models)
parser.add_argument("--batch", type=int, default=128)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--repeat", type=int, default=5)
arguments = parser.parse_args()

torch.set_num_threads(arguments.threads)
torch.manual_seed(1)
make, shape = models[arguments.model]
model = make().to(memory_format=torch.channels_last)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
loss_function = nn.CrossEntropyLoss()
x = torch.rand(arguments.batch, *shape).to(memory_format=torch.channels_last)
y = torch.arange(arguments.batch) % 10


def step():
    optimizer.zero_grad()
    loss_function(model(x), y).backward()
    optimizer.step()


step()
seconds = []
for _ in range(arguments.repeat):
    start = time.perf_counter()
    step()
    seconds.append(time.perf_counter() - start)
print(f"{arguments.batch / statistics.median(seconds):.1f}")
