"""The benchmark's models in PyTorch, timed:
pytorch.py {train|predict} MODEL --batch N --threads N --repeat N [--compile]

The models are those of Models/, layer for layer (networks.py); SGD with momentum 0.9 and cross-entropy from logits. They
are channels last, which is how PyTorch trains them faster; LeNet, where no difference shows, has PyTorch's own layout.
With --compile through torch.compile, which needs a C++ compiler.
"""

import argparse
import math
import os

# Compiled in this process and the children it waits for, so that the time counts as PyTorch's own.
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")

import torch  # noqa: E402
from torch import nn  # noqa: E402

import generation  # noqa: E402
import networks  # noqa: E402
from measurement import add_arguments, measure, report  # noqa: E402


def training_step(model, x, compiled):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    loss_function = nn.CrossEntropyLoss()
    with torch.no_grad():
        logits = model.eval()(x[:1])  # (1, classes) or (1, classes, H, W)
    model.train()
    shape = (len(x), *logits.shape[2:])
    y = (torch.arange(math.prod(shape)) % min(10, logits.shape[1])).reshape(shape)
    forward = torch.compile(model) if compiled else model

    def step():
        optimizer.zero_grad()
        loss_function(forward(x), y).backward()
        optimizer.step()

    return step


def detector_step(model, x):
    """A step on two objects a picture, a quarter of its sides large."""
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-6, momentum=0.9)
    height, width = x.shape[2:]
    places = torch.tensor([0.1, 0.6])[:, None] + torch.tensor([0, 0, 0.25, 0.25])
    boxes = places * torch.tensor([width, height, width, height])
    masks = torch.zeros(2, height, width, dtype=torch.uint8)
    for mask, (left, top, right, bottom) in zip(masks, boxes.int()):
        mask[top:bottom, left:right] = 1
    targets = [{"boxes": boxes, "labels": torch.tensor([1, 2]), "masks": masks} for _ in x]
    model.train()

    def step():
        optimizer.zero_grad()
        sum(model(list(x), targets).values()).backward()
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
    add_arguments(parser, networks.SHAPES)
    parser.add_argument("--compile", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    shape = networks.SHAPES[arguments.model]
    is_picture = len(shape) == 3 and shape[0] > 1 or arguments.model == "dcgan-64"
    layout = torch.channels_last if is_picture else torch.contiguous_format
    if arguments.work == "train" and arguments.model in generation.NETWORKS:
        step = generation.training_step(arguments.model, arguments.batch, layout, arguments.compile)
        return report(measure(step, arguments), arguments, torch.__version__)
    model = networks.make(arguments.model).to(memory_format=layout)
    x = torch.rand(arguments.batch, *shape)
    x = x.to(memory_format=layout) if len(shape) == 3 else x
    if arguments.work == "train" and arguments.model in networks.DETECTORS:
        return report(measure(detector_step(model, x), arguments), arguments, torch.__version__)
    if arguments.model in networks.DETECTORS:
        x = list(x)
    work = training_step if arguments.work == "train" else prediction
    report(measure(work(model, x, arguments.compile), arguments), arguments, torch.__version__)


if __name__ == "__main__":
    main()
