"""The benchmark's models in ONNX Runtime, timed: onnx_runtime.py predict MODEL --batch N --threads N --repeat N

The models are PyTorch's of pytorch.py in eval mode, exported for the batch; ONNX Runtime folds batch normalisation into
the convolutions. The export runs in a process of its own, so that PyTorch's threads are not in the way.
"""

import argparse
import os
import subprocess
import sys
import tempfile

import networks
from measurement import add_arguments, measure, report

export = """
import sys, torch, networks
torch.manual_seed(1)
x = torch.rand(int(sys.argv[2]), *networks.SHAPES[sys.argv[1]])
torch.onnx.export(networks.make(sys.argv[1]).eval(), (x,), sys.argv[3], dynamo=False,
                  input_names=["x"], opset_version=17)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser, networks.SHAPES, works=("predict",))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.onnx")
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", export, arguments.model, str(arguments.batch), path], check=True,
            stdout=subprocess.DEVNULL, cwd=os.path.dirname(os.path.abspath(__file__)))
        predict, version = prediction(path, arguments)
    report(measure(predict, arguments), arguments, version)


def prediction(path, arguments):
    import numpy
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = arguments.threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    shape = (arguments.batch, *networks.SHAPES[arguments.model])
    x = numpy.random.default_rng(1).random(shape, dtype=numpy.float32)
    return lambda: session.run(None, {"x": x}), onnxruntime.__version__


if __name__ == "__main__":
    main()
