"""What the peers share: their arguments, the stopwatch, and the line of JSON in which they answer."""

import json
import statistics
import time


def add_arguments(parser, models, works=("train", "predict")):
    parser.add_argument("work", choices=works)
    parser.add_argument("model", choices=models)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=5)


def measure(step, arguments):
    """Median seconds of a step, after one unmeasured (which also compiles where something is compiled).

    A prediction is repeated as long as `bench predict` does: 100 times and for half a second, at most two seconds.
    """
    step()
    seconds = []

    def is_enough():
        if len(seconds) < arguments.repeat:
            return False
        total = sum(seconds)
        return arguments.work == "train" or total >= 2 or (len(seconds) >= 100 and total >= 0.5)

    while not is_enough():
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def report(seconds, arguments, version):
    print(json.dumps({
        "images/s": arguments.batch / seconds, "peak-memory": peak_memory(), "version": version}))


def peak_memory():
    """The most physical memory this process ever held, in MiB; None where the system does not tell."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return None
