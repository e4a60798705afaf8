#!/usr/bin/env python3
"""Writes the node tests inside the Python package onnx as folders, for NodeTests:

    Scripts/make-onnx-cases.py FOLDER          # makes FOLDER/node/test_…/model.onnx and its data
    COGNITRON_ONNX_NODES=FOLDER/node swift test --filter NodeTests

The package's own command, `python -m onnx.backend.test.cmd_tools generate-data`, does the writing; since
version 1.15 it leaves the node tests out, which are made in memory, so it is handed them here. Needs onnx
(1.23.2).
"""

import argparse
import sys

from onnx.backend.test import cmd_tools
from onnx.backend.test.case import node

folder = sys.argv[1]
cases = [case for case in node.collect_testcases(None) if case.model is not None and case.data_sets]
cmd_tools.model_test.collect_testcases = lambda: cases
cmd_tools.generate_data(argparse.Namespace(output=folder))
print(f"{len(cases)} cases in {folder}/node")
