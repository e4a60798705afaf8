#!/usr/bin/env python3
"""Makes Tests/CognitronExchangeTests/Fixtures: state dictionaries of small PyTorch modules, as torch.save writes
them, each with an input and what the module makes of it.

    ~/.cache/cognitron/peers/bin/python Scripts/make-pytorch-fixtures.py
"""
import collections
import pathlib

import numpy as np
import torch
from torch import nn

FOLDER = pathlib.Path(__file__).parent.parent / "Tests/CognitronExchangeTests/Fixtures"


def named(*modules):
    return nn.Sequential(collections.OrderedDict(modules))


class Last(nn.Module):
    """The outputs of a recurrent module that takes the batch first."""

    def __init__(self, rnn):
        super().__init__()
        self.rnn = rnn

    def forward(self, x):
        return self.rnn(x)[0]


class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x):
        return self.attention(x, x, x)[0]


# Images have the shape (N, C, H, W) here; the channels are moved before they are written.
CASES = {
    "convolutions": (
        named(
            ("conv1", nn.Conv2d(3, 4, 3, padding=1)), ("bn1", nn.BatchNorm2d(4)), ("relu", nn.ReLU()),
            ("depthwise", nn.Conv2d(4, 8, 3, groups=4, bias=False)), ("act", nn.PReLU(8)),
            ("grouped", nn.Conv2d(8, 6, (3, 2), stride=2, groups=2)),
            ("up", nn.ConvTranspose2d(6, 3, 3, stride=2)), ("norm", nn.GroupNorm(3, 3))),
        (2, 3, 9, 10)),
    "classifier": (
        named(
            ("conv", nn.Conv2d(2, 3, 3)), ("pool", nn.MaxPool2d(2)), ("flatten", nn.Flatten()),
            ("drop", nn.Dropout(0.5)), ("fc1", nn.Linear(3 * 3 * 2, 7)), ("act", nn.Tanh()), ("fc2", nn.Linear(7, 4))),
        (2, 2, 8, 6)),
    "sequence": (
        named(("conv", nn.Conv1d(5, 4, 3)), ("up", nn.ConvTranspose1d(4, 2, 2, stride=2))), (2, 5, 7)),
    "volume": (named(("conv", nn.Conv3d(2, 3, (2, 3, 3)))), (1, 2, 4, 5, 6)),
    "lstm": (Last(nn.LSTM(5, 4, batch_first=True)), (2, 6, 5)),
    "gru": (Last(nn.GRU(5, 4, batch_first=True)), (2, 6, 5)),
    "rnn": (Last(nn.RNN(5, 4, batch_first=True)), (2, 6, 5)),
    "both-lstm": (Last(nn.LSTM(5, 4, batch_first=True, bidirectional=True)), (2, 6, 5)),
    "both-gru": (Last(nn.GRU(5, 4, batch_first=True, bidirectional=True)), (2, 6, 5)),
    "attention": (Heads(), (2, 5, 8)),
    "encoder": (
        named(
            ("encoder", nn.TransformerEncoderLayer(8, 2, 12, batch_first=True, activation="gelu")),
            ("norm", nn.LayerNorm(8))),
        (2, 5, 8)),
}


def last(x):
    """Channels last, where there are axes between batch and channels."""
    return x.movedim(1, -1).contiguous() if x.dim() > 2 else x


def main():
    torch.manual_seed(1)
    FOLDER.mkdir(exist_ok=True)
    arrays = {}
    for name, (module, shape) in CASES.items():
        for part in module.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.running_mean.normal_()
                part.running_var.uniform_(0.5, 2)
            if isinstance(part, (nn.BatchNorm2d, nn.GroupNorm, nn.LayerNorm, nn.PReLU)):
                part.weight.data.uniform_(0.5, 1.5)
        module.eval()
        x = torch.randn(shape)
        with torch.no_grad():
            y = module(x)
        is_image = name in ("convolutions", "classifier", "sequence", "volume")
        arrays[name + ".input"] = (last(x) if is_image else x).numpy()
        arrays[name + ".output"] = (last(y) if is_image else y).numpy()
        torch.save(module.state_dict(), FOLDER / f"{name}.pt")
    np.savez(FOLDER / "outputs.npz", **arrays)
    # What else files hold: views, other types, a checkpoint, calls.
    torch.save(
        {
            "view": torch.arange(12.0).reshape(3, 4).t(), "part": torch.arange(12.0)[2:9:3],
            "half": torch.tensor([1, 0.5, -2]).half(), "brain": torch.tensor([1.5]).bfloat16(),
            "whole": torch.arange(3), "truth": torch.tensor([True, False]), "double": torch.tensor([0.25]).double(),
            "scalar": torch.tensor(7.0), "empty": torch.zeros(0, 3),
        },
        FOLDER / "types.pt")
    linear = nn.Linear(2, 1)
    torch.save(
        {"epoch": 3, "state_dict": linear.state_dict(), "optimizer": torch.optim.SGD(linear.parameters(), 0.1).state_dict()},
        FOLDER / "checkpoint.pt")

    class Call:
        def __reduce__(self):
            import os

            return (os.system, ("touch /tmp/called",))

    torch.save({"a": torch.zeros(2), "b": Call(), "c": nn.ReLU()}, FOLDER / "calls.pt")
    torch.save(linear.state_dict(), FOLDER / "old.pt", _use_new_zipfile_serialization=False)


main()
