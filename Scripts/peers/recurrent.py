"""What `bench rnn` measures, in PyTorch: recurrent.py {lstm|gru|simple-rnn} ... [--units N] [--batch N] [--steps N] [--compile]

Prints sequences a second of a forward pass and of a forward and a backward pass, in eager mode or through torch.compile.
"""

import argparse
import statistics
import time

import torch

LAYERS = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "simple-rnn": torch.nn.RNN}


def median_seconds(work, repeat):
    work()
    seconds = []
    while len(seconds) < repeat or not (sum(seconds) >= 2 or len(seconds) >= 100 and sum(seconds) >= 0.5):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def measure(kind, units, arguments):
    layer = LAYERS[kind](units, units, batch_first=True)
    layer = torch.compile(layer) if arguments.compile else layer
    x = torch.randn(arguments.batch, arguments.steps, units, requires_grad=True)
    weighting = torch.randn(arguments.batch, arguments.steps, units)

    def forward():
        with torch.inference_mode():
            layer(x)

    def training():
        layer.zero_grad()
        x.grad = None
        layer(x)[0].backward(weighting)

    for name, work in [("forward", forward), ("training", training)]:
        rate = arguments.batch / median_seconds(work, arguments.repeat)
        print(f"rnn/{kind}/units{units}/{name} {rate:.1f} sequences/s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("layer", nargs="*", default=list(LAYERS), help="lstm, gru, simple-rnn (default: all)")
    parser.add_argument("--units", type=int, action="append")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--steps", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--compile", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    for units in arguments.units or [128, 512]:
        for kind in arguments.layer:
            measure(kind, units, arguments)


if __name__ == "__main__":
    main()
