"""A bar chart of ratios with their goals, as SVG that reads well on light and dark pages."""

from html import escape

label_width, plot_width, value_width, bar_height, row_height = 300, 380, 150, 16, 30

style = """
text { font: 13px system-ui, "DejaVu Sans", sans-serif; fill: #24292f }
.small { font-size: 11px; fill: #57606a }
.holds { fill: #2f81c7 } .fails { fill: #c9672b }
.goal { stroke: #24292f; stroke-width: 2 } .even { stroke: #8c959f; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .small { fill: #9aa4af }
  .holds { fill: #58a6ff } .fails { fill: #f0883e }
  .goal { stroke: #e6edf3 } .even { stroke: #6e7681 }
}
"""


def draw(rows, description, warning=""):
    """`rows` have a title, a peer, a ratio, a goal or None, `at_most` and whether the goal `holds`."""
    largest = max(max(row.ratio, row.goal or 0) for row in rows)
    scale = plot_width / (largest * 1.02)
    top = 56
    bottom = top + row_height * len(rows)
    even = label_width + scale
    parts = [line("even", even, top - 6, bottom), text(even, bottom + 14, "1×", "small", "middle")]
    for index, row in enumerate(rows):
        parts += bar(row, top + row_height * index, scale)
    parts.append(text(label_width, bottom + 32, "bar: Cognitron's figure over the peer's; upright line: the goal; "
                      "orange: goal missed", "small"))
    width, height = label_width + plot_width + value_width, bottom + 44
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img">',
        f"<title>{escape(description)}</title>", f"<style>{style}</style>",
        text(10, 22, "Cognitron beside its peers: ratios and goals"),
        text(10, 40, warning, "small"), *parts, "</svg>", ""])


def bar(row, y, scale):
    width, goal = row.ratio * scale, (row.goal or 0) * scale
    middle = y + bar_height - 3
    wish = f", goal {'≤' if row.at_most else '≥'} {row.goal:g}×" if row.goal else ""
    return [
        text(label_width - 10, middle - 4, row.title, anchor="end"),
        text(label_width - 10, middle + 9, f"to {row.peer}", "small", "end"),
        f'<rect class="{"holds" if row.holds else "fails"}" x="{label_width}" y="{y}" width="{width:.1f}" '
        f'height="{bar_height}" rx="2"/>',
        *([line("goal", label_width + goal, y - 3, y + bar_height + 3)] if row.goal else []),
        text(label_width + max(width, goal) + 6, middle, f"{row.ratio:.2f}×{wish}"),
    ]


def line(name, x, top, bottom):
    return f'<line class="{name}" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}"/>'


def text(x, y, words, name="", anchor="start"):
    kind = f' class="{name}"' if name else ""
    return f'<text{kind} x="{x:.1f}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'
