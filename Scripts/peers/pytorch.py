"""The benchmark's models in PyTorch, timed:
pytorch.py {train|predict} MODEL --batch N --threads N --repeat N [--compile]

The models are those of Models/, layer for layer; SGD with momentum 0.9 and cross-entropy from logits. VGG-lite and ResNet18
are channels last, which is how PyTorch trains them faster; LeNet, where no difference shows, has PyTorch's own layout.
With --compile through torch.compile, which needs a C++ compiler.
"""

import argparse
import os

# Compiled in this process and the children it waits for, so that the time counts as PyTorch's own.
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")

import torch  # noqa: E402
from torch import nn  # noqa: E402

from measurement import add_arguments, measure, report  # noqa: E402


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


models = {
    "lenet": (lenet, (1, 28, 28), torch.contiguous_format),
    "vgg-lite": (vgg_lite, (3, 32, 32), torch.channels_last),
    "resnet18": (resnet18, (3, 32, 32), torch.channels_last),
}

def training_step(model, x, compiled):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    loss_function = nn.CrossEntropyLoss()
    y = torch.arange(len(x)) % 10
    forward = torch.compile(model) if compiled else model

    def step():
        optimizer.zero_grad()
        loss_function(forward(x), y).backward()
        optimizer.step()

    return step


def prediction(model, x, compiled):
    model.eval()
    forward = torch.compile(model) if compiled else model

    def predict():
        with torch.inference_mode():
            forward(x)

    return predict


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser, models)
    parser.add_argument("--compile", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    make, shape, layout = models[arguments.model]
    model = make().to(memory_format=layout)
    x = torch.rand(arguments.batch, *shape).to(memory_format=layout)
    work = training_step if arguments.work == "train" else prediction
    report(measure(work(model, x, arguments.compile), arguments), arguments, torch.__version__)


if __name__ == "__main__":
    main()
