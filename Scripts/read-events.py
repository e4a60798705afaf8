#!/usr/bin/env python3
"""Prints what TensorBoard reads in a folder of event files, as JSON: a check of the files that the framework writes.

    python Scripts/read-events.py logs/train

Needs the package tensorboard.
"""

import json
import sys

from tensorboard.backend.event_processing import event_accumulator
from tensorboard.plugins.hparams import metadata


def main():
    events = event_accumulator.EventAccumulator(
        sys.argv[1], size_guidance={"scalars": 0, "histograms": 0, "images": 0, "tensors": 0}
    )
    events.Reload()
    tags = events.Tags()
    report = {
        "scalars": {tag: [e.value for e in events.Scalars(tag)] for tag in tags["scalars"]},
        "histograms": {tag: [e.histogram_value.num for e in events.Histograms(tag)] for tag in tags["histograms"]},
        "images": {tag: [[e.step, e.width, e.height] for e in events.Images(tag)] for tag in tags["images"]},
        "graph": [],
        "hyperparameters": {},
    }
    if tags["graph"]:
        report["graph"] = [[node.name, node.op, *node.input] for node in events.Graph().node]
    hyperparameters = events.PluginTagToContent("hparams") if "hparams" in events._plugin_to_tag_to_content else {}
    for tag, content in hyperparameters.items():
        if tag.endswith("session_start_info"):
            start = metadata.parse_session_start_info_plugin_data(content)
            for name, value in start.hparams.items():
                report["hyperparameters"][name] = getattr(value, value.WhichOneof("kind"))
        elif tag.endswith("session_end_info"):
            report["status"] = metadata.parse_session_end_info_plugin_data(content).status
    json.dump(report, sys.stdout, sort_keys=True)


if __name__ == "__main__":
    main()
