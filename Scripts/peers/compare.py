"""Measures Cognitron and its peers in turn and says which goals hold; started by Scripts/compare-peers.sh.

Every figure is a process of its own. A round measures every case, ours and then each peer's, so that what a case's
figures have in common is the minute; the ratios are those of the medians over all rounds. Exit status 0 only where
every goal holds and nothing else kept the processors busy.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

import chart
import networks
import quiet
import text_networks

folder = os.path.dirname(os.path.abspath(__file__))
titles = {"lenet": "LeNet", "vgg-lite": "VGG-lite", "resnet18": "ResNet18"}
peers = {
    "pytorch": ("PyTorch", ["pytorch.py"]),
    "compiled": ("torch.compile", ["pytorch.py", "--compile"]),
    "onnx": ("ONNX Runtime", ["onnx_runtime.py"]),
    "keras": ("Keras / TensorFlow", ["keras_tensorflow.py"]),
}


@dataclass
class Case:
    """One kind of work on one model; `rivals` are those whose fastest the goal is measured against."""

    work: str
    model: str
    batch: int
    rivals: list
    figures: dict = field(default_factory=dict)  # who: images/s, one a round
    memory: dict = field(default_factory=dict)  # who: MiB, one a round
    others: list = field(default_factory=list)  # cores that others kept busy meanwhile, one a round

    @property
    def title(self):
        return f"{self.work} {titles.get(self.model, self.model)}, batch {self.batch}"

    @property
    def unit(self):
        return "tokens/s" if self.model in text_networks.NAMES else "images/s"


@dataclass
class Row:
    """A line of the table: a ratio, and what is wished of it. `goal` is None where the peer is only shown."""

    title: str
    unit: str
    ours: float
    peer: str
    theirs: float
    goal: float = None
    at_most: bool = False

    @property
    def ratio(self):
        return self.ours / self.theirs

    @property
    def holds(self):
        return self.goal is None or (self.ratio <= self.goal if self.at_most else self.ratio >= self.goal)

    @property
    def cells(self):
        goal = "–" if self.goal is None else f"{'≤' if self.at_most else '≥'} {self.goal:g}×"
        verdict = "–" if self.goal is None else "yes" if self.holds else "no"
        return [self.title, number(self.ours), self.peer, number(self.theirs), self.unit, f"{self.ratio:.2f}×", goal,
                verdict]


heads = ["work", "Cognitron", "peer", "its figure", "unit", "ratio", "goal", "holds"]


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}"


# Goals by work, model and batch. Where AVX-512's vectors are as fast as they are wide, products are twice as fast, for
# the peers too.
goals = {
    ("train", "resnet18", 128): 2.6, ("train", "vgg-lite", 128): 2.5, ("train", "lenet", 128): 2.0,
    ("predict", "resnet18", 128): 1.8, ("predict", "vgg-lite", 128): 1.8, ("predict", "lenet", 128): 1.0,
    ("predict", "resnet18", 1): 1.0, ("predict", "vgg-lite", 1): 1.0, ("predict", "lenet", 1): 1.0,
    "memory": 0.6,
}
goals_of_full_width = {
    ("train", "resnet18", 128): 2.3, ("train", "vgg-lite", 128): 2.5, ("train", "lenet", 128): 2.5,
    ("predict", "resnet18", 128): 2.0, ("predict", "vgg-lite", 128): 2.0, ("predict", "lenet", 128): 2.0,
    ("predict", "resnet18", 1): 1.2, ("predict", "vgg-lite", 1): 1.2, ("predict", "lenet", 1): 1.2,
    "memory": 0.5,
}


def goals_on(machine):
    return goals_of_full_width if machine["hasFullWidthAVX512"] else goals


def cases(models):
    def predictors(model):
        # PyTorch exports no max-unpooling, and of detectors one form of the outputs only.
        return ["pytorch"] if model.startswith("segnet") or model in networks.DETECTORS else ["onnx"]

    def trainers(model):
        return ["pytorch"] if model in networks.DETECTORS else ["pytorch", "compiled"]

    texts, models = ([m for m in models if (m in text_networks.NAMES) == wanted] for wanted in (True, False))
    return (
        [Case("train", m, networks.batch_of(m), trainers(m)) for m in models]
        + [Case("predict", m, batch, predictors(m))
           for large in (True, False) for m in models for batch in [networks.batch_of(m) if large else 1]
           if large or networks.batch_of(m) > 1]
        + [Case("train", m, text_networks.BATCH, ["pytorch", "compiled"]) for m in texts]
        + [Case("generate", m, 1, ["pytorch"]) for m in texts if m in text_networks.WRITERS])


def peers_of(case, arguments):
    extra = [] if arguments.quick or case.model not in titles else ["keras"]
    return [p for p in case.rivals + extra if p not in arguments.without]


def measure_ours(case, arguments):
    with tempfile.TemporaryDirectory() as temporary:
        path = os.path.join(temporary, "figures.json")
        run([arguments.bench, case.work, *common(case, arguments, named_model=True), "--json", path])
        with open(path) as file:
            report = json.load(file)
    figures = {figure["name"]: figure["median"] for figure in report["results"]}
    name = f"{case.work}/{case.model}/batch{case.batch}"
    return figures[name], figures.get(f"{name}/peak-memory"), report["machine"]


def measure_peer(peer, case, arguments):
    script, *flags = peers[peer][1]
    script = "sequences.py" if case.model in text_networks.NAMES else script
    answer = run([sys.executable, os.path.join(folder, script), case.work, *common(case, arguments), *flags])
    answer = json.loads(answer.splitlines()[-1])
    return answer["images/s"], answer["peak-memory"], answer["version"]


def common(case, arguments, named_model=False):
    model = ["--model", case.model] if named_model else [case.model]
    # A step of LeNet takes milliseconds: a handful of them says nothing.
    repeat = 100 if case.model == "lenet" else arguments.repeat
    return [*model, "--batch", str(case.batch), "--threads", str(arguments.threads), "--repeat", str(repeat)]


def run(command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{result.stderr}")
    return result.stdout


def measure(all_cases, arguments):
    """Fills the cases; returns our machine and the peers' versions."""
    machine, versions = None, {}
    for round in range(1, arguments.rounds + 1):
        for case in all_cases:
            print(f"round {round} of {arguments.rounds}: {case.title}", file=sys.stderr)
            watch = quiet.Watch()
            figure, memory, machine = measure_ours(case, arguments)
            note(case, "ours", figure, memory)
            for peer in peers_of(case, arguments):
                figure, memory, versions[peer] = measure_peer(peer, case, arguments)
                note(case, peer, figure, memory)
            case.others.append(watch.others() or 0.0)
    return machine, versions


def note(case, who, figure, memory):
    case.figures.setdefault(who, []).append(figure)
    if memory is not None:
        case.memory.setdefault(who, []).append(memory)


def rows_of(case, goals):
    medians = {who: statistics.median(figures) for who, figures in case.figures.items()}
    rivals = [who for who in case.rivals if who in medians]
    fastest = max(rivals, key=medians.get)
    others = [who for who in medians if who not in ("ours", fastest)]
    for who in [fastest, *others]:
        yield Row(case.title, case.unit, medians["ours"], peers[who][0], medians[who],
                  goals.get((case.work, case.model, case.batch)) if who == fastest else None)


def memory_row(case, goals):
    if case.work != "train" or case.model in ("lenet", "vgg-lite") or not {"ours", "pytorch"} <= case.memory.keys():
        return []
    ours, theirs = (statistics.median(case.memory[who]) for who in ("ours", "pytorch"))
    return [Row("peak memory, " + case.title, "MiB", ours, peers["pytorch"][0], theirs,
                goals["memory"] if case.model == "resnet18" else None, at_most=True)]


def markdown(rows, description):
    table = [heads, ["---"] * len(heads), *(row.cells for row in rows)]
    lines = ["| " + " | ".join(cells) + " |" for cells in table]
    return "\n".join([
        "# Beside the peers", "", description, "", "Made by `Scripts/compare-peers.sh`, which repeats it.", "",
        "![Ratios to the peers with their goals](peers.svg)", "", *lines, ""])


def print_table(rows):
    table = [heads, *(row.cells for row in rows)]
    widths = [max(len(cells[i]) for cells in table) for i in range(len(heads))]
    for cells in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip())


def disturbance(all_cases):
    """A sentence on the cases that shared the machine with other work; empty where none did."""
    disturbed = [case for case in all_cases if max(case.others) > quiet.most_others]
    if not disturbed:
        return ""
    most = max(max(case.others) for case in disturbed)
    return (f"NOT A FAIR COMPARISON: other work kept up to {most:.1f} cores busy during {len(disturbed)} of "
            f"{len(all_cases)} cases ({'; '.join(case.title for case in disturbed)}). Repeat it on a quiet machine.")


def describe(machine, versions, arguments):
    names = [f"{peers[peer][0]} {version}" for peer, version in versions.items() if peer != "compiled"]
    rounds = "1 round" if arguments.rounds == 1 else f"medians of {arguments.rounds} rounds"
    against = "eager PyTorch" if "compiled" in arguments.without else "the faster of PyTorch eager and torch.compile"
    width = ", full-width AVX-512" if machine["hasFullWidthAVX512"] else ""
    return (f"{machine['processor']}{width}, {arguments.threads} threads, float32, {machine['blas']}; {', '.join(names)}; "
            f"{rounds}, in turn. Training goals are against {against}.")


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text}: expected at least 1")
    return value


def cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def parse():
    parser = argparse.ArgumentParser(prog="compare-peers.sh", description=__doc__)
    parser.add_argument("--bench", help=argparse.SUPPRESS)
    parser.add_argument("--model", action="append", choices=[*networks.SHAPES, *text_networks.NAMES],
                        help="may be given several times (default: lenet, vgg-lite and resnet18, which have goals)")
    parser.add_argument("--threads", type=positive, default=cores(), help="for everybody")
    parser.add_argument("--rounds", type=positive, default=3, help="measurements of each figure")
    parser.add_argument("--quick", action="store_true", help="only PyTorch eager and ONNX Runtime, fewer steps")
    parser.add_argument("--output", default="docs", help="the folder for peers.md and peers.svg")
    arguments = parser.parse_args()
    arguments.repeat = 3 if arguments.quick else 5
    arguments.without = {"compiled"} if arguments.quick else set()
    if not arguments.quick and not shutil.which(os.environ.get("CXX", "g++")):
        print("torch.compile needs a C++ compiler (g++), and there is none: it is left out", file=sys.stderr)
        arguments.without.add("compiled")
    return arguments


def main():
    arguments = parse()
    if not arguments.bench:  # only the options were to be checked
        return
    os.makedirs(arguments.output, exist_ok=True)
    all_cases = cases(arguments.model or ["resnet18", "vgg-lite", "lenet"])
    machine, versions = measure(all_cases, arguments)
    goals = goals_on(machine)
    rows = [row for case in all_cases for row in [*rows_of(case, goals), *memory_row(case, goals)]]
    disturbed = disturbance(all_cases)
    description = f"{describe(machine, versions, arguments)} {disturbed}".rstrip()
    print(description)
    print_table(rows)
    with open(os.path.join(arguments.output, "peers.md"), "w") as file:
        file.write(markdown(rows, description))
    with open(os.path.join(arguments.output, "peers.svg"), "w") as file:
        warning = "NOT A FAIR COMPARISON: other work shared the machine" if disturbed else ""
        file.write(chart.draw([row for row in rows if row.goal is not None] or rows, description, warning))
    print(f"Wrote peers.md and peers.svg to {arguments.output}")
    sys.exit(0 if all(row.holds for row in rows) and not disturbed else 1)


if __name__ == "__main__":
    main()
