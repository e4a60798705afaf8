#!/usr/bin/env python3
"""Draws the accuracies of a training, epoch by epoch, as SVG that reads well on light and dark pages.

    Scripts/plot-history.py vgg-lite-cifar10.history.json docs/vgg-lite-cifar10.svg

The history is what `cognitron train` writes beside the model.
"""

import argparse
import json
import sys
from html import escape

left, top, plot_width, plot_height, right, bottom = 60, 40, 520, 260, 130, 46
curves = [("val_accuracy", "test", "test"), ("accuracy", "training", "training")]

style = """
text { font: 13px system-ui, "DejaVu Sans", sans-serif; fill: #24292f }
.small { font-size: 11px; fill: #57606a }
.grid { stroke: #d0d7de } polyline { fill: none; stroke-width: 2 }
.test { stroke: #2f81c7 } .training { stroke: #c9672b; stroke-dasharray: 5 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .small { fill: #9aa4af } .grid { stroke: #30363d }
  .test { stroke: #58a6ff } .training { stroke: #f0883e }
}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("history", help="FILE.history.json, as `cognitron train` writes it")
    parser.add_argument("output", help="the SVG to write")
    parser.add_argument("--title", default="Accuracy by epoch")
    arguments = parser.parse_args()
    try:
        with open(arguments.history, encoding="utf-8") as file:
            series = read(json.load(file))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.exit(f"{arguments.history}: expected the history of a training with accuracies, got {error!r}")
    with open(arguments.output, "w", encoding="utf-8") as file:
        file.write(draw(series, arguments.title))


def read(history):
    """The epochs' numbers and values of each curve that the history has."""
    epochs = history["epochs"]
    series = [(name, kind, list(zip(epochs, history["scores"][key])))
              for key, name, kind in curves if history["scores"].get(key)]
    if not series:
        raise ValueError("no accuracy")
    return series


def draw(series, title):
    values = [value for _, _, points in series for _, value in points]
    last = max(epoch for _, _, points in series for epoch, _ in points)
    low = int(min(values) * 10) / 10

    def x(epoch):
        return left + plot_width * (epoch - 1) / max(1, last - 1)

    def y(value):
        return top + plot_height * (1 - (value - low) / (1 - low))

    parts = [text(left, 22, title)]
    for tenth in range(round(low * 10), 11):
        height = y(tenth / 10)
        parts += [f'<line class="grid" x1="{left}" x2="{left + plot_width}" y1="{height:.1f}" y2="{height:.1f}"/>',
                  text(left - 8, height + 4, f"{tenth * 10} %", "small", "end")]
    step = max(1, last // 10)
    for epoch in range(1, last + 1, step):
        parts.append(text(x(epoch), top + plot_height + 18, str(epoch), "small", "middle"))
    parts.append(text(left + plot_width / 2, top + plot_height + 36, "epoch", "small", "middle"))
    taken = []  # heights of the labels, which may not lie on one another
    for name, kind, points in series:
        places = " ".join(f"{x(epoch):.1f},{y(value):.1f}" for epoch, value in points)
        parts.append(f'<polyline class="{kind}" points="{places}"/>')
        epoch, value = points[-1]
        height = y(value) + 4
        while any(abs(height - other) < 14 for other in taken):
            height += 1
        taken.append(height)
        parts.append(text(x(epoch) + 8, height, f"{name} {value * 100:.2f} %"))
    width, height = left + plot_width + right, top + plot_height + bottom
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img">', f"<title>{escape(title)}</title>", f"<style>{style}</style>", *parts, "</svg>", ""])


def text(x, y, words, name="", anchor="start"):
    kind = f' class="{name}"' if name else ""
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


main()
