"""The benchmark's models in ONNX Runtime, timed: onnx_runtime.py predict MODEL --batch N --threads N --repeat N

The models are PyTorch's of pytorch.py in eval mode, exported for the batch; ONNX Runtime folds batch normalisation into
the convolutions. The export runs in a process of its own, so that PyTorch's threads are not in the way.
"""

import argparse
import os
import subprocess
import sys
import tempfile

from measurement import add_arguments, measure, report

shapes = {"lenet": (1, 28, 28), "vgg-lite": (3, 32, 32), "resnet18": (3, 32, 32)}

export = """
import sys, torch
from pytorch import models
make, shape, _ = models[sys.argv[1]]
torch.manual_seed(1)
torch.onnx.export(make().eval(), (torch.rand(int(sys.argv[2]), *shape),), sys.argv[3], dynamo=False,
                  input_names=["x"], opset_version=17)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser, shapes, works=("predict",))
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
    shape = (arguments.batch, *shapes[arguments.model])
    x = numpy.random.default_rng(1).random(shape, dtype=numpy.float32)
    return lambda: session.run(None, {"x": x}), onnxruntime.__version__


if __name__ == "__main__":
    main()
