#!/usr/bin/env python3
"""Makes the golden values that Tests/CognitronTests/Golden compares the framework with.

Keras 3 (on TensorFlow) and, where Keras has no such layer or padding, PyTorch run each layer, loss, optimizer and
metric on small random inputs. What goes in and what comes out is kept in Tests/CognitronTests/Fixtures: one
safetensors file a family, and models.json.

Needs Python 3.11 or newer and, in an environment outside the repository,

    pip install numpy keras tensorflow-cpu torch

Run it from anywhere; it takes about a minute on one core:

    python Scripts/make-fixtures.py                     # all families
    python Scripts/make-fixtures.py conv2d losses       # some of them

Deterministic: each case draws its numbers from a generator seeded by the case's name, so a new case leaves the others
as they are, and with the same library versions the files are the same bit for bit. The versions that made the files
in the repository: Keras 3.15.1, TensorFlow 2.21.0, PyTorch 2.15.0, NumPy 2.4.6.

A case's tensors are named `<case>/<thing>`; its configuration is a JSON text in the file's metadata under `<case>`,
with Keras's argument names. What it leaves out has Keras's default, which the test checks with ours. Layouts are Keras's, channels last, also for what PyTorch computed. `gradient_<thing>` is
the gradient of sum(output * weighting) with respect to the thing.

Inputs are 32-bit floats. The outputs are computed with 64 bits and rounded, so that a test measures the error of the
framework alone. The losses are computed with 32 bits as in daily use, because there the constants that keep
logarithms finite act on 32-bit numbers.
"""

import json
import os
import struct
import sys
import warnings
import zlib
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ.setdefault("OMP_NUM_THREADS", "1")

import keras
import numpy as np
import tensorflow as tf
import torch

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.config.run_functions_eagerly(True)
torch.set_num_threads(1)
warnings.filterwarnings("ignore", message="You are using a softmax over axis -1")
warnings.filterwarnings("ignore", message="Even though the `tf.config.experimental_run_functions_eagerly`")
keras.config.set_floatx("float64")

FIXTURES = Path(__file__).resolve().parent.parent / "Tests" / "CognitronTests" / "Fixtures"
FAMILIES = {}


def family(function):
    """Registers a function that fills one file, called after the function: `conv2d` makes conv2d.safetensors."""
    FAMILIES[function.__name__] = function
    return function


class Fixture:
    """The cases of one file."""

    def __init__(self):
        self.tensors = {}
        self.metadata = {}

    def add(self, case, configuration, tensors):
        assert case not in self.metadata, f"two cases are called {case}"
        self.metadata[case] = json.dumps(configuration)
        for thing, values in tensors.items():
            values = np.asarray(values, dtype=np.float32)
            assert not np.isnan(values).any(), f"{case}/{thing} is not a number"
            self.tensors[f"{case}/{thing}"] = values

    def write(self, path):
        # By hand: the safetensors package orders the metadata anew in every run.
        header, offset = {"__metadata__": dict(sorted(self.metadata.items()))}, 0
        for name, values in sorted(self.tensors.items()):
            header[name] = {
                "dtype": "F32",
                "shape": list(values.shape),
                "data_offsets": [offset, offset + values.nbytes],
            }
            offset += values.nbytes
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        with open(path, "wb") as file:
            file.write(struct.pack("<Q", len(text)))
            file.write(text)
            for _, values in sorted(self.tensors.items()):
                file.write(values.astype("<f4").tobytes())


class Random:
    """Random numbers of a case: 32-bit floats that 64-bit computations take over exactly."""

    def __init__(self, case):
        self.generator = np.random.default_rng(zlib.crc32(case.encode()))

    def normal(self, shape, scale=1.0):
        return (scale * self.generator.standard_normal(shape)).astype(np.float32)

    def uniform(self, shape, low=0.0, high=1.0):
        return self.generator.uniform(low, high, shape).astype(np.float32)

    def integers(self, shape, count):
        return self.generator.integers(0, count, shape).astype(np.float32)

    def distinct(self, shape):
        """Numbers that are all different by 0.01 or more, so that a maximum is never in doubt."""
        count = int(np.prod(shape))
        return (0.01 * (self.generator.permutation(count) - count / 2)).astype(np.float32).reshape(shape)

    def parameter(self, name, shape):
        if name in ("gamma", "moving_variance"):
            return self.uniform(shape, 0.5, 2.0)
        if name == "kernel":
            return self.normal(shape, 1 / np.sqrt(np.prod(shape[:-1])))
        return self.normal(shape, 0.5)


def keras_case(fixture, case, layer, inputs, configuration, training=False):
    """Runs a Keras layer, its parameters random, and takes the gradients of sum(output * weighting)."""
    random = Random(case)
    inputs = inputs if isinstance(inputs, list) else [inputs]
    xs = [tf.Variable(x, dtype=tf.float64) for x in inputs]
    layer.build([x.shape for x in inputs] if len(inputs) > 1 else inputs[0].shape)
    layer.set_weights([random.parameter(v.name, tuple(v.shape)) for v in layer.variables])
    before = {v.name: v.numpy() for v in layer.variables}
    arguments = {"training": training} if isinstance(layer, keras.layers.BatchNormalization) else {}
    with tf.GradientTape() as tape:
        output = layer(list(xs) if len(xs) > 1 else xs[0], **arguments)
        weighting = random.normal(tuple(output.shape))
        total = tf.reduce_sum(output * weighting)
    variables = [v.value for v in layer.trainable_variables]
    gradients = tape.gradient(total, xs + variables)
    names = [f"x{i}" for i in range(len(xs))] if len(xs) > 1 else ["x"]
    tensors = dict(zip(names, inputs)) | before | {"output": output, "weighting": weighting}
    for name, gradient in zip(names + [v.name for v in layer.trainable_variables], gradients):
        tensors[f"gradient_{name}"] = tf.convert_to_tensor(gradient)
    if training:
        tensors |= {f"{v.name}_after": v.numpy() for v in layer.non_trainable_variables}
    fixture.add(case, configuration | {"source": "keras", "training": training}, tensors)


def torch_case(fixture, case, module, x, configuration):
    """Runs a PyTorch module on a channels-last image and takes the gradients of sum(output * weighting)."""
    random = Random(case)
    module = module.double()
    last, first = (0, 2, 3, 1), (0, 3, 1, 2)
    image = torch.tensor(x.transpose(first), dtype=torch.float64, requires_grad=True)
    tensors = {"x": x}
    parameters = {"kernel": getattr(module, "weight", None), "bias": getattr(module, "bias", None)}
    parameters = {name: parameter for name, parameter in parameters.items() if parameter is not None}
    for name, parameter in parameters.items():
        # (OC, C, KH, KW) there is (KH, KW, C, OC) here.
        shape = tuple(parameter.permute(2, 3, 1, 0).shape) if name == "kernel" else tuple(parameter.shape)
        tensors[name] = random.parameter(name, shape)
        values = tensors[name].transpose(3, 2, 0, 1) if name == "kernel" else tensors[name]
        with torch.no_grad():
            parameter.copy_(torch.tensor(values.copy()))
    output = module(image)
    tensors["output"] = output.detach().numpy().transpose(last)
    tensors["weighting"] = random.normal(tensors["output"].shape)
    (output * torch.tensor(tensors["weighting"].transpose(first).copy())).sum().backward()
    tensors["gradient_x"] = image.grad.numpy().transpose(last)
    for name, parameter in parameters.items():
        gradient = parameter.grad.numpy()
        tensors[f"gradient_{name}"] = gradient.transpose(2, 3, 1, 0) if name == "kernel" else gradient
    fixture.add(case, configuration | {"source": "torch", "training": False}, tensors)


# Layers


@family
def dense(fixture):
    def case(name, shape, units, activation="linear", use_bias=True):
        layer = keras.layers.Dense(units, activation=activation, use_bias=use_bias)
        configuration = {"layer": "Dense", "units": units, "activation": activation, "use_bias": use_bias}
        keras_case(fixture, name, layer, Random(name + "/x").normal(shape), configuration)

    case("linear", (5, 7), 4)
    case("no-bias", (5, 7), 4, use_bias=False)
    for activation in ["relu", "sigmoid", "tanh", "softmax", "elu", "gelu", "softplus", "silu", "leaky_relu"]:
        case(activation, (6, 8), 5, activation)
    case("one-unit", (9, 3), 1, "sigmoid")
    case("one-input-one-sample", (1, 1), 3)
    case("three-axes", (2, 4, 6), 3, "relu")
    case("three-axes-softmax-no-bias", (3, 2, 5), 4, "softmax", use_bias=False)
    case("four-axes", (2, 3, 3, 4), 5, "tanh")
    case("wide", (17, 70), 33, "relu")


@family
def conv2d(fixture):
    def case(name, shape, filters, kernel, strides=(1, 1), padding="valid", dilation=(1, 1), use_bias=True,
             activation="linear"):
        layer = keras.layers.Conv2D(
            filters, kernel, strides=strides, padding=padding, dilation_rate=dilation, use_bias=use_bias,
            activation=activation)
        configuration = {
            "layer": "Conv2D", "filters": filters, "kernel_size": kernel, "strides": strides, "padding": padding,
            "dilation_rate": dilation, "use_bias": use_bias, "activation": activation,
        }
        keras_case(fixture, name, layer, Random(name + "/x").normal(shape), configuration)

    # Even and odd sizes on both axes. Keras allows no strides together with dilation.
    number = 0
    for kernel in [(1, 1), (3, 3), (5, 5), (3, 2)]:
        for strides, dilation in [(1, 1), (2, 1), (1, 2)]:
            for padding in ["valid", "same"]:
                for height, width in [(10, 9), (9, 10)]:
                    name = f"{kernel[0]}x{kernel[1]}-stride{strides}-dilation{dilation}-{padding}-{height}x{width}"
                    case(
                        name, (1 + number % 2, height, width, 1 + number % 3), 2 + number % 3, kernel,
                        (strides, strides), padding, (dilation, dilation), use_bias=number % 4 < 2,
                        activation="relu" if number % 5 == 0 else "linear")
                    number += 1
    case("uneven-strides-same", (2, 8, 11, 2), 3, (3, 3), (2, 3), "same")
    case("uneven-strides-valid", (2, 8, 11, 2), 3, (3, 3), (3, 1), "valid", activation="tanh")
    case("uneven-dilation", (1, 9, 8, 2), 3, (3, 3), (1, 1), "same", (2, 3))
    case("stride-larger-than-kernel-valid", (1, 9, 8, 2), 3, (2, 2), (3, 3), "valid")
    case("stride-larger-than-kernel-same", (1, 9, 8, 2), 3, (1, 1), (3, 3), "same")
    case("kernel-as-large-as-image", (3, 4, 5, 2), 3, (4, 5), (1, 1), "valid")
    case("kernel-larger-than-image-same", (2, 3, 2, 2), 3, (5, 5), (1, 1), "same")
    case("one-pixel", (2, 1, 1, 3), 4, (3, 3), (1, 1), "same")
    # Enough channels for the algorithms that small layers do not get.
    case("16-channels-same", (1, 9, 11, 16), 16, (3, 3), (1, 1), "same", use_bias=False)
    case("16-channels-valid", (1, 12, 10, 16), 16, (3, 3), (1, 1), "valid", activation="relu")
    case("32-channels-pointwise", (1, 6, 5, 32), 24, (1, 1), (1, 1), "same", use_bias=False)
    case("32-channels-pointwise-stride2", (1, 7, 8, 32), 16, (1, 1), (2, 2), "same", use_bias=False)
    case("16-channels-stride2", (1, 9, 10, 16), 20, (3, 3), (2, 2), "same", use_bias=False)

    def explicit(name, shape, filters, kernel, padding, stride=1, dilation=1, use_bias=True, groups=1):
        module = torch.nn.Conv2d(
            shape[3], filters, kernel, stride=stride, padding=padding, dilation=dilation, bias=use_bias,
            groups=groups)
        configuration = {
            "layer": "Conv2D", "filters": filters, "kernel_size": kernel, "strides": (stride, stride),
            "padding": "explicit", "padding_amount": padding, "dilation_rate": (dilation, dilation),
            "use_bias": use_bias, "activation": "linear",
        } | ({"groups": groups} if groups > 1 else {})
        torch_case(fixture, name, module, Random(name + "/x").normal(shape), configuration)

    explicit("explicit-3x3-padding1", (2, 7, 6, 2), 3, (3, 3), 1)
    explicit("explicit-3x3-padding1-stride2-even", (2, 8, 8, 2), 3, (3, 3), 1, stride=2)
    explicit("explicit-3x3-padding1-stride2-odd", (2, 7, 9, 2), 3, (3, 3), 1, stride=2, use_bias=False)
    explicit("explicit-7x7-padding3-stride2", (1, 15, 14, 3), 4, (7, 7), 3, stride=2, use_bias=False)
    explicit("explicit-5x3-padding2", (1, 6, 7, 2), 3, (5, 3), 2)
    explicit("explicit-3x3-padding2-stride2-dilation2", (1, 9, 8, 2), 3, (3, 3), 2, stride=2, dilation=2)
    explicit("explicit-1x1-padding1", (1, 4, 5, 2), 3, (1, 1), 1)

    # By PyTorch: on CPUs, TensorFlow has no gradients of convolutions in groups.
    explicit("groups2-1x1", (2, 4, 5, 6), 4, (1, 1), 0, groups=2)
    explicit("groups2-3x3-padding1", (2, 7, 6, 4), 6, (3, 3), 1, groups=2)
    explicit("groups3-3x2-stride2", (1, 8, 7, 9), 3, (3, 2), 0, stride=2, use_bias=False, groups=3)
    explicit("groups4-3x3-dilation2", (1, 8, 9, 8), 8, (3, 3), 2, dilation=2, groups=4)
    explicit("groups10-5x5-padding2", (1, 6, 7, 20), 30, (5, 5), 2, groups=10)
    explicit("groups2-of-16-3x3", (1, 6, 9, 32), 24, (3, 3), 1, use_bias=False, groups=2)


@family
def depthwise_conv2d(fixture):
    def case(name, shape, kernel, strides=(1, 1), padding="valid", multiplier=1, dilation=(1, 1), use_bias=True,
             activation="linear"):
        layer = keras.layers.DepthwiseConv2D(
            kernel, strides=strides, padding=padding, depth_multiplier=multiplier, dilation_rate=dilation,
            use_bias=use_bias, activation=activation)
        configuration = {
            "layer": "DepthwiseConv2D", "kernel_size": kernel, "strides": strides, "padding": padding,
            "depth_multiplier": multiplier, "dilation_rate": dilation, "use_bias": use_bias,
            "activation": activation,
        }
        keras_case(fixture, name, layer, Random(name + "/x").normal(shape), configuration)

    number = 0
    for kernel in [(1, 1), (3, 3), (5, 4)]:
        for strides, dilation in [(1, 1), (2, 1), (1, 2)]:
            for padding in ["valid", "same"]:
                name = f"{kernel[0]}x{kernel[1]}-stride{strides}-dilation{dilation}-{padding}"
                case(
                    name, (1 + number % 2, 10, 9, (2, 9, 3)[number % 3]), kernel, (strides, strides), padding,
                    1 + number % 2, (dilation, dilation), use_bias=number % 4 < 2,
                    activation="relu" if number % 5 == 0 else "linear")
                number += 1
    case("one-channel", (2, 6, 5, 1), (3, 3), padding="same", multiplier=3)
    case("stride-larger-than-kernel", (1, 9, 8, 5), (2, 2), (3, 3))
    case("multiplied-by-4", (1, 5, 6, 9), (3, 3), padding="same", multiplier=4, activation="tanh")
    case("24-channels", (1, 7, 7, 24), (3, 3), padding="same", use_bias=False)


@family
def pooling(fixture):
    def case(name, kind, shape, pool=(2, 2), strides=None, padding="valid", x=None):
        layer = getattr(keras.layers, kind)(pool, strides=strides, padding=padding)
        configuration = {"layer": kind, "pool_size": pool, "strides": strides, "padding": padding}
        x = Random(name + "/x").distinct(shape) if x is None else x
        keras_case(fixture, name, layer, x, configuration)

    for kind, short in [("MaxPooling2D", "max"), ("AveragePooling2D", "average")]:
        number = 0
        for pool, strides in [(2, None), (3, None), (2, 1), (3, 2), (2, 3)]:
            for padding in ["valid", "same"]:
                for height, width in [(8, 7), (7, 8)]:
                    name = f"{short}{pool}-stride{strides or pool}-{padding}-{height}x{width}"
                    case(
                        name, kind, (1 + number % 2, height, width, 1 + number % 3), (pool, pool),
                        strides and (strides, strides), padding)
                    number += 1
        case(f"{short}-uneven", kind, (2, 7, 9, 3), (2, 3), (3, 2), "same")
        case(f"{short}-whole-image", kind, (2, 4, 3, 9), (4, 3))
        case(f"{short}-17-channels", kind, (1, 6, 6, 17), (3, 3), (2, 2), "same")
    # Of equal values the first in reading order gets the gradient.
    ties = np.maximum(Random("ties").integers((2, 6, 6, 2), 7) - 3, 0)
    case("max-ties", "MaxPooling2D", ties.shape, (3, 3), (2, 2), "valid", x=ties)

    for kind, short in [("GlobalMaxPooling2D", "global-max"), ("GlobalAveragePooling2D", "global-average")]:
        for shape in [(2, 5, 4, 3), (3, 1, 1, 2)]:
            name = f"{short}-{shape[1]}x{shape[2]}"
            x = Random(name + "/x").distinct(shape)
            keras_case(fixture, name, getattr(keras.layers, kind)(), x, {"layer": kind})

    # In PyTorch, which takes no absolute value: only from numbers that are positive.
    for p in [1, 2, 3]:
        for pool, strides in [(2, None), (3, 2), (2, 3)]:
            name = f"lp{p}-pool{pool}-stride{strides or pool}"
            configuration = {
                "layer": "LpPooling2D", "p": p, "pool_size": (pool, pool),
                "strides": strides and (strides, strides), "padding": "valid",
            }
            x = Random(name + "/x").uniform((2, 7, 8, 2), 0.05, 2)
            torch_case(fixture, name, torch.nn.LPPool2d(p, pool, stride=strides), x, configuration)

    # Padding by a number, the mean over the pixels that exist.
    for kind, module in [
        ("MaxPooling2D", torch.nn.MaxPool2d(3, stride=2, padding=1)),
        ("AveragePooling2D", torch.nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False)),
    ]:
        name = f"explicit-{kind}"
        configuration = {
            "layer": kind, "pool_size": (3, 3), "strides": (2, 2), "padding": "explicit", "padding_amount": 1,
        }
        torch_case(fixture, name, module, Random(name + "/x").distinct((2, 7, 8, 2)), configuration)


@family
def normalization(fixture):
    def case(name, shape, offset=0.0, spread=1.0, **arguments):
        for training in [True, False]:
            layer = keras.layers.BatchNormalization(**arguments)
            full = f"{name}-{'training' if training else 'inference'}"
            x = Random(full + "/x").normal(shape, spread) + np.float32(offset)
            keras_case(fixture, full, layer, x, {"layer": "BatchNormalization"} | arguments, training)

    case("2d", (12, 5))
    case("4d", (3, 4, 5, 6))
    case("3d", (4, 5, 3))
    case("no-scale", (10, 4), scale=False)
    case("no-center", (2, 3, 3, 4), center=False)
    case("neither", (10, 4), scale=False, center=False)
    case("momentum", (16, 3), momentum=0.5, epsilon=1e-5)
    case("one-channel", (2, 4, 4, 1))
    case("17-channels", (2, 5, 3, 17))
    # A mean far from zero: a sum of squares would lose the variance.
    case("offset", (4, 6, 6, 3), offset=100.0)
    # A variance no larger than epsilon.
    case("narrow", (20, 4), spread=0.01)


@family
def activations(fixture):
    exact = np.array([0, 1e-6, 1e-3, 0.5, 1, 20, 50, 88, 100], np.float32)
    x = np.unique(np.concatenate([np.linspace(-8, 8, 65, dtype=np.float32), exact, -exact]))

    def case(name, function, configuration, x=x):
        random = Random(name)
        variable = tf.Variable(x, dtype=tf.float64)
        with tf.GradientTape() as tape:
            output = function(variable)
            weighting = random.normal(x.shape)
            total = tf.reduce_sum(output * weighting)
        gradient = tape.gradient(total, variable)
        tensors = {"x": x, "output": output, "weighting": weighting, "gradient_x": tf.convert_to_tensor(gradient)}
        fixture.add(name, configuration | {"source": "keras"}, tensors)

    a = keras.activations
    for name in ["linear", "relu", "sigmoid", "tanh", "softplus", "elu", "silu", "gelu", "leaky_relu"]:
        case(name, getattr(a, name), {"activation": name})
    case("swish", a.get("swish"), {"activation": "swish"})
    case("elu-alpha", lambda x: a.elu(x, alpha=0.5), {"activation": "elu", "alpha": 0.5})
    case("gelu-approximate", lambda x: a.gelu(x, approximate=True), {"activation": "gelu", "approximate": True})
    slope = {"activation": "leaky_relu", "negative_slope": 0.1}
    case("leaky-relu-slope", lambda x: a.leaky_relu(x, negative_slope=0.1), slope)
    # The layer's default slope is not the function's.
    case("leaky-relu-layer", keras.layers.LeakyReLU(), {"layer": "LeakyReLU"})
    softmax = {"activation": "softmax"}
    case("softmax", a.softmax, softmax, Random("softmax/x").normal((4, 7), 2))
    case("softmax-three-axes", a.softmax, softmax, Random("softmax3/x").normal((2, 3, 5), 2))
    case("softmax-one-column", a.softmax, softmax, Random("softmax1/x").normal((3, 1)))
    large = np.array([[1000, 999, -1000], [-1000, -1000, -1000], [88, -88, 0], [100, 100, 100]], np.float32)
    case("softmax-large", a.softmax, softmax, large)


@family
def shaping(fixture):
    def case(name, layer, shapes, configuration):
        random = Random(name + "/x")
        inputs = [random.normal(shape) for shape in shapes]
        keras_case(fixture, name, layer, inputs, {"layer": type(layer).__name__} | configuration)

    layers = keras.layers
    for name, padding in [("zero-padding", ((1, 2), (3, 0))), ("zero-padding-one", ((1, 1), (1, 1)))]:
        case(name, layers.ZeroPadding2D(padding), [(2, 3, 4, 2)], {"padding": padding})
    case("flatten-4d", layers.Flatten(), [(2, 3, 4, 5)], {})
    case("flatten-2d", layers.Flatten(), [(3, 4)], {})
    case("reshape", layers.Reshape((6, 4)), [(2, 3, 4, 2)], {"target_shape": (6, 4)})
    case("reshape-unknown", layers.Reshape((-1, 3)), [(2, 3, 4, 2)], {"target_shape": (-1, 3)})
    case("concatenate", layers.Concatenate(), [(2, 3, 4, 2), (2, 3, 4, 5)], {"axis": -1})
    case("concatenate-three", layers.Concatenate(), [(2, 3), (2, 1), (2, 4)], {"axis": -1})
    case("concatenate-rows", layers.Concatenate(axis=1), [(2, 3, 4, 2), (2, 1, 4, 2)], {"axis": 1})
    case("concatenate-columns", layers.Concatenate(axis=-2), [(2, 3, 4, 2), (2, 3, 1, 2)], {"axis": -2})
    case("add-two", layers.Add(), [(2, 3, 4, 2)] * 2, {})
    case("add-three", layers.Add(), [(4, 3)] * 3, {})


# Losses, optimizers, metrics


@family
def losses(fixture):
    keras.config.set_floatx("float32")

    def case(name, function, y, p, configuration, weight=None):
        for weighted in [False, True]:
            count = len(p)
            weight = Random(name + "/weight").uniform((count,), 0, 2)
            weight[count // 2] = 0
            # Keras wants the weights' axes to be those of the losses: (N, 1, 1) for losses of pixels.
            axes = (count,) + (1,) * (p.ndim - 2)
            prediction = tf.Variable(p, dtype=tf.float32)
            with tf.GradientTape() as tape:
                loss = function(y, prediction, sample_weight=weight.reshape(axes) if weighted else None)
            gradient = tf.convert_to_tensor(tape.gradient(loss, prediction))
            tensors = {"prediction": p, "target": y, "loss": loss, "gradient": gradient}
            if weighted:
                tensors["weight"] = weight
            fixture.add(name + ("-weighted" if weighted else ""), configuration, tensors)

    classes = keras.losses
    shapes = {"rows": (7, 5), "pixels": (3, 4, 2, 5), "one-column": (6, 1)}

    regressions = [
        ("mean_squared_error", classes.MeanSquaredError(), {}),
        ("mean_absolute_error", classes.MeanAbsoluteError(), {}),
        ("huber", classes.Huber(), {"delta": 1.0}),
        ("huber-half", classes.Huber(delta=0.5), {"delta": 0.5}),
    ]
    for name, function, extra in regressions:
        for place, shape in shapes.items():
            full = f"{name}-{place}"
            random = Random(full)
            y, p = random.normal(shape), random.normal(shape)
            p.flat[0] = y.flat[0]
            case(full, function, y, p, {"loss": name.removesuffix("-half")} | extra)

    def softmax(logits):
        exponentials = np.exp(logits.astype(np.float64))
        return (exponentials / exponentials.sum(-1, keepdims=True)).astype(np.float32)

    for from_logits in [False, True]:
        source = "logits" if from_logits else "probabilities"
        configuration = {"from_logits": from_logits}
        binary = classes.BinaryCrossentropy(from_logits=from_logits)
        categorical = classes.CategoricalCrossentropy(from_logits=from_logits)
        sparse = classes.SparseCategoricalCrossentropy(from_logits=from_logits)
        for place, shape in shapes.items():
            full = f"binary_crossentropy-{source}-{place}"
            random = Random(full)
            logits = random.normal(shape, 2)
            p = logits if from_logits else (1 / (1 + np.exp(-logits))).astype(np.float32)
            case(full, binary, random.integers(shape, 2), p, {"loss": "binary_crossentropy"} | configuration)
            if shape[-1] == 1:
                continue
            logits = random.normal(shape, 2)
            p = logits if from_logits else softmax(logits)
            labels = random.integers(shape[:-1], shape[-1])
            one_hot = np.eye(shape[-1], dtype=np.float32)[labels.astype(int)]
            soft = softmax(random.normal(shape))
            name = f"categorical_crossentropy-{source}-{place}"
            case(name, categorical, one_hot, p, {"loss": "categorical_crossentropy"} | configuration)
            case(name + "-soft", categorical, soft, p, {"loss": "categorical_crossentropy"} | configuration)
            name = f"sparse_categorical_crossentropy-{source}-{place}"
            case(name, sparse, labels, p, {"loss": "sparse_categorical_crossentropy"} | configuration)

            smoothing = {"label_smoothing": 0.15}
            configured = configuration | smoothing
            smoothed = classes.CategoricalCrossentropy(from_logits=from_logits, **smoothing)
            name = f"categorical_crossentropy-{source}-{place}-smoothed"
            case(name, smoothed, soft, p, {"loss": "categorical_crossentropy"} | configured)
            # Keras smooths no class numbers: its loss of the one-hot targets is the one to have.
            case(
                "sparse_" + name, lambda y, *rest, **named: smoothed(np.eye(5)[y.astype(int)], *rest, **named),
                labels, p, {"loss": "sparse_categorical_crossentropy"} | configured)
            name = f"binary_crossentropy-{source}-{place}-smoothed"
            binary_p = 1 / (1 + np.exp(-p)) if not from_logits else p
            case(
                name, classes.BinaryCrossentropy(from_logits=from_logits, **smoothing), one_hot,
                binary_p.astype(np.float32), {"loss": "binary_crossentropy"} | configured)

        # Far from all doubt, rightly and wrongly: where a plain formula overflows or takes the logarithm of 0.
        big = np.array([[100, -100, 0], [-100, 100, 0], [30, 30, -30], [-1e3, 0, 1e3]], np.float32)
        sure = np.array([[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0], [0, 0, 1]], np.float32)
        p = big if from_logits else sure
        labels = np.array([0, 0, 2, 2], np.float32)
        one_hot = np.eye(3, dtype=np.float32)[labels.astype(int)]
        case(
            f"binary_crossentropy-{source}-extreme", binary, one_hot, p,
            {"loss": "binary_crossentropy"} | configuration)
        case(
            f"categorical_crossentropy-{source}-extreme", categorical, one_hot, p,
            {"loss": "categorical_crossentropy"} | configuration)
        case(
            f"sparse_categorical_crossentropy-{source}-extreme", sparse, labels, p,
            {"loss": "sparse_categorical_crossentropy"} | configuration)

    # Probabilities that do not add up to 1 are scaled to.
    random = Random("unnormalised")
    p, labels = random.uniform((6, 4), 0.1, 0.9), random.integers((6,), 4)
    one_hot = np.eye(4, dtype=np.float32)[labels.astype(int)]
    case(
        "categorical_crossentropy-unnormalised", classes.CategoricalCrossentropy(), one_hot, p,
        {"loss": "categorical_crossentropy", "from_logits": False})
    case(
        "sparse_categorical_crossentropy-unnormalised", classes.SparseCategoricalCrossentropy(), labels, p,
        {"loss": "sparse_categorical_crossentropy", "from_logits": False})


@family
def optimizers(fixture):
    def case(name, kind, rates=None, steps=6, **arguments):
        random = Random(name)
        optimizer = getattr(keras.optimizers, kind)(**arguments)
        rates = rates or [float(optimizer.learning_rate)] * steps
        start = random.normal((19,))
        # Of many sizes, some zero: epsilon matters only beside small gradients.
        gradients = random.normal((steps, 19)) * np.float32(10.0) ** np.linspace(-5, 1, 19, dtype=np.float32)
        gradients[:, 3] = 0
        gradients[2] = 0
        variable = keras.Variable(start.astype(np.float64), dtype="float64")
        optimizer.build([variable])
        values = []
        for rate, gradient in zip(rates, gradients):
            optimizer.learning_rate.assign(rate)
            optimizer.apply([tf.constant(gradient, dtype=tf.float64)], [variable])
            values.append(variable.numpy())
        configuration = {"optimizer": kind, "learning_rates": rates} | arguments
        fixture.add(name, configuration, {"start": start, "gradients": gradients, "values": np.stack(values)})

    def matrix_case(name, shape, path="kernel", **arguments):
        """A parameter of rank 2, which Muon makes orthogonal steps for unless its path is excluded."""
        random = Random(name)
        optimizer = keras.optimizers.Muon(**arguments)
        rates, start = [float(optimizer.learning_rate)] * 6, random.normal(shape)
        gradients = random.normal((6, *shape))
        variable = keras.Variable(start.astype(np.float64), dtype="float64", name=path)
        optimizer.build([variable])
        values = []
        for gradient in gradients:
            optimizer.apply([tf.constant(gradient, dtype=tf.float64)], [variable])
            values.append(variable.numpy())
        configuration = {"optimizer": "Muon", "learning_rates": rates} | arguments
        fixture.add(name, configuration, {"start": start, "gradients": gradients, "values": np.stack(values)})

    falling = [0.1, 0.1, 0.05, 0.05, 0.01, 0.01]
    case("sgd", "SGD")
    case("sgd-momentum", "SGD", learning_rate=0.05, momentum=0.9)
    case("sgd-nesterov", "SGD", learning_rate=0.05, momentum=0.9, nesterov=True)
    case("sgd-decay", "SGD", learning_rate=0.1, weight_decay=0.1)
    case("sgd-momentum-decay", "SGD", learning_rate=0.1, momentum=0.9, weight_decay=0.01)
    case("sgd-nesterov-decay", "SGD", learning_rate=0.1, momentum=0.9, nesterov=True, weight_decay=0.01)
    case("sgd-momentum-falling", "SGD", rates=falling, momentum=0.9)
    case("adam", "Adam")
    case("adam-large-rate", "Adam", learning_rate=0.1)
    case("adam-betas", "Adam", learning_rate=0.01, beta_1=0.5, beta_2=0.9, epsilon=1e-3)
    case("adam-decay", "Adam", learning_rate=0.01, weight_decay=0.1)
    case("adam-falling", "Adam", rates=falling)
    case("adamw", "AdamW")
    case("adamw-decay", "AdamW", learning_rate=0.01, weight_decay=0.1)
    case("rmsprop", "RMSprop")
    case("rmsprop-large-rate", "RMSprop", learning_rate=0.05, rho=0.5)
    case("rmsprop-momentum", "RMSprop", learning_rate=0.01, momentum=0.9)
    case("rmsprop-centered", "RMSprop", learning_rate=0.01, centered=True)
    case("rmsprop-centered-momentum", "RMSprop", learning_rate=0.01, momentum=0.5, centered=True)
    case("rmsprop-decay", "RMSprop", learning_rate=0.01, weight_decay=0.1)
    case("muon-vector", "Muon", learning_rate=0.01, adam_beta_1=0.8, adam_beta_2=0.99, adam_weight_decay=0.1)
    matrix_case("muon", (5, 12))
    matrix_case("muon-tall", (12, 5), learning_rate=0.05)
    matrix_case("muon-square", (7, 7), learning_rate=0.05, weight_decay=0.5)
    matrix_case("muon-momentum", (9, 4), learning_rate=0.05, momentum=0.5, nesterov=False)
    matrix_case("muon-three-steps", (9, 4), learning_rate=0.05, ns_steps=3, rms_rate=1.0)
    matrix_case("muon-excluded", (6, 3), learning_rate=0.01, exclude_layers=["kernel"], epsilon=1e-3)


@family
def schedules(fixture):
    def case(name, kind, steps, **arguments):
        schedule = getattr(keras.optimizers.schedules, kind)(**arguments)
        rates = [float(schedule(step)) for step in steps]
        fixture.add(name, {"schedule": kind} | arguments, {"steps": steps, "rates": rates})

    early = [0, 1, 2, 3, 7, 9, 10, 11, 15, 19, 25, 39, 100]
    case("cosine", "CosineDecay", early, initial_learning_rate=0.1, decay_steps=20)
    case("cosine-alpha", "CosineDecay", early, initial_learning_rate=0.1, decay_steps=20, alpha=0.2)
    case("cosine-warmup", "CosineDecay", early, initial_learning_rate=0.01, decay_steps=20, alpha=0.1,
         warmup_target=0.5, warmup_steps=7)
    case("restarts", "CosineDecayRestarts", early + [69, 70, 71, 149, 150], initial_learning_rate=0.1,
         first_decay_steps=10)
    case("restarts-even", "CosineDecayRestarts", early, initial_learning_rate=0.1, first_decay_steps=8, t_mul=1.0,
         m_mul=0.5, alpha=0.1)
    case("restarts-growing", "CosineDecayRestarts", early, initial_learning_rate=0.1, first_decay_steps=6,
         t_mul=1.5, m_mul=0.8)
    case("exponential", "ExponentialDecay", early, initial_learning_rate=0.1, decay_steps=10, decay_rate=0.5)
    case("exponential-staircase", "ExponentialDecay", early, initial_learning_rate=0.1, decay_steps=10,
         decay_rate=0.96, staircase=True)
    case("inverse", "InverseTimeDecay", early, initial_learning_rate=0.1, decay_steps=10, decay_rate=0.5)
    case("inverse-staircase", "InverseTimeDecay", early, initial_learning_rate=0.1, decay_steps=10, decay_rate=2.0,
         staircase=True)
    case("polynomial", "PolynomialDecay", early, initial_learning_rate=0.1, decay_steps=15)
    case("polynomial-power", "PolynomialDecay", early, initial_learning_rate=0.1, decay_steps=15,
         end_learning_rate=0.01, power=0.5)
    case("polynomial-cycle", "PolynomialDecay", early, initial_learning_rate=0.1, decay_steps=10,
         end_learning_rate=0.01, power=2.0, cycle=True)
    case("piecewise", "PiecewiseConstantDecay", early, boundaries=[2, 10, 15], values=[1.0, 0.5, 0.1, 0.05])


@family
def weight_rules(fixture):
    """Regularizers and constraints of a kernel (3, 4) and of a convolution's (2, 2, 3, 5)."""
    shapes = {"kernel": (3, 4), "filters": (2, 2, 3, 5)}

    def regularizer(name, kind, **arguments):
        for place, shape in shapes.items():
            value = Random(f"{name}-{place}").normal(shape)
            value.flat[0] = 0
            variable = tf.Variable(value, dtype=tf.float64)
            with tf.GradientTape() as tape:
                penalty = getattr(keras.regularizers, kind)(**arguments)(variable)
            tensors = {"value": value, "penalty": penalty, "gradient": tape.gradient(penalty, variable)}
            fixture.add(f"{name}-{place}", {"regularizer": kind} | arguments, tensors)

    def constraint(name, kind, **arguments):
        for place, shape in shapes.items():
            value = Random(f"{name}-{place}").normal(shape)
            result = getattr(keras.constraints, kind)(**arguments)(tf.constant(value, dtype=tf.float64))
            fixture.add(f"{name}-{place}", {"constraint": kind} | arguments, {"value": value, "result": result})

    regularizer("l1", "L1")
    regularizer("l2", "L2")
    regularizer("l1-large", "L1", l1=0.5)
    regularizer("l1l2", "L1L2", l1=0.3, l2=0.7)
    constraint("max-norm", "MaxNorm")
    constraint("max-norm-small", "MaxNorm", max_value=0.5, axis=1)
    constraint("max-norm-axes", "MaxNorm", max_value=1.5, axis=[0, 1])
    constraint("unit-norm", "UnitNorm")
    constraint("unit-norm-last", "UnitNorm", axis=-1)
    constraint("non-negative", "NonNeg")


@family
def metrics(fixture):
    """Three batches, the last one short: a metric is a mean over samples, not over batches."""
    batches = [8, 8, 3]
    count = sum(batches)

    def case(name, metric, y, p, configuration):
        metric.reset_state()
        ends = np.cumsum(batches)
        results = []
        for start, end in zip(ends - batches, ends):
            metric.update_state(y[start:end], p[start:end])
            results.append(float(metric.result()))
        configuration |= {"batch_size": batches[0]}
        fixture.add(name, configuration, {"prediction": p, "target": y, "results": np.array(results)})

    m = keras.metrics
    random = Random("metrics")
    # A hundredth of a unit apart at least, the right answer favoured.
    labels = random.integers((count,), 9)
    one_hot = np.eye(9, dtype=np.float32)[labels.astype(int)]
    p = random.distinct((count, 9)) + 0.6 * one_hot
    ties = random.integers((count, 9), 4)
    sides = random.integers((count, 1), 2)
    odds = random.uniform((count, 1))
    odds[0, 0] = 0.5
    case("accuracy-binary", m.BinaryAccuracy(), sides, odds, {"metric": "accuracy", "target": "binary"})
    for name, prediction in [("", p), ("-ties", ties)]:
        case(
            "accuracy-categorical" + name, m.CategoricalAccuracy(), one_hot, prediction,
            {"metric": "accuracy", "target": "one-hot"})
        case(
            "accuracy-sparse" + name, m.SparseCategoricalAccuracy(), labels, prediction,
            {"metric": "accuracy", "target": "class"})
        for k in [1, 3, 5]:
            configuration = {"metric": "top_k_accuracy", "k": k}
            case(
                f"top{k}-categorical" + name, m.TopKCategoricalAccuracy(k=k), one_hot, prediction,
                configuration | {"target": "one-hot"})
            case(
                f"top{k}-sparse" + name, m.SparseTopKCategoricalAccuracy(k=k), labels, prediction,
                configuration | {"target": "class"})
    for short, metric in [("mean_squared_error", m.MeanSquaredError()), ("mean_absolute_error", m.MeanAbsoluteError())]:
        for place, shape in [("rows", (count, 4)), ("one-column", (count, 1)), ("pixels", (count, 2, 3, 2))]:
            case(
                f"{short}-{place}", metric, random.normal(shape), random.normal(shape),
                {"metric": short, "target": "values"})


# Whole models


@family
def training(fixture):
    """Five steps of training from given weights: each step's loss, and the weights at the end."""
    layers = keras.layers

    def case(name, model, optimizer, classes):
        random = Random(name)
        model.set_weights([random.parameter(v.name, tuple(v.shape)) for v in model.variables])
        # layer/parameter, without the name of the model.
        names = ["/".join(v.path.split("/")[-2:]) for v in model.variables]
        tensors = {f"before/{name}": v.numpy() for name, v in zip(names, model.variables)}
        model.compile(
            optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False)
        x, y = random.normal((5, 6) + model.input_shape[1:]), random.integers((5, 6), classes)
        tensors |= {"x": x, "y": y, "prediction_before": model(x[0], training=False)}
        step_losses = []
        for step in range(5):
            model.reset_metrics()
            step_losses.append(float(model.train_on_batch(x[step], y[step])))
        tensors |= {"losses": np.array(step_losses), "prediction_after": model(x[0], training=False)}
        tensors |= {f"after/{name}": v.numpy() for name, v in zip(names, model.variables)}
        fixture.add(name, {"parameters": names}, tensors)

    cnn = keras.Sequential([
        keras.Input((8, 8, 2)),
        layers.Conv2D(4, 3, padding="same", use_bias=False, name="convolution"),
        layers.BatchNormalization(name="normalization"),
        layers.ReLU(),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(5, name="classes"),
    ])
    case("cnn", cnn, keras.optimizers.SGD(0.05, momentum=0.9), 5)

    # A block with a shortcut, as in a residual network.
    def convolution(name, x, kernel, strides):
        x = layers.Conv2D(4, kernel, strides=strides, padding="same", use_bias=False, name=f"{name}_convolution")(x)
        return layers.BatchNormalization(name=f"{name}_normalization")(x)

    inputs = keras.Input((7, 6, 3))
    x = layers.ReLU()(convolution("first", inputs, 3, 2))
    x = layers.Add()([convolution("second", x, 3, 1), convolution("shortcut", inputs, 1, 2)])
    x = layers.GlobalAveragePooling2D()(layers.ReLU()(x))
    residual = keras.Model(inputs, layers.Dense(3, name="classes")(x))
    case("residual", residual, keras.optimizers.Adam(0.01), 3)


@family
def fitting(fixture):
    """Epochs of fit in the order of the data, the last batch short: histories, and the weights at the end."""
    count = 19

    def case(name, classes=4, loss="sparse_categorical_crossentropy", epochs=3, **arguments):
        random = Random(name)
        model = keras.Sequential([
            keras.Input((5,)),
            keras.layers.Dense(6, activation="tanh", name="hidden"),
            keras.layers.Dense(classes, activation="softmax" if classes > 1 else None, name="output"),
        ])
        model.set_weights([random.parameter(v.name, tuple(v.shape)) for v in model.variables])
        names = ["/".join(v.path.split("/")[-2:]) for v in model.variables]
        tensors = {f"before/{name}": v.numpy() for name, v in zip(names, model.variables)}
        metric = "accuracy" if classes > 1 else "mean_absolute_error"
        model.compile(keras.optimizers.Adam(0.02), loss, metrics=[metric], jit_compile=False)

        def target(n):
            return random.integers((n,), classes) if classes > 1 else random.normal((n, 1))

        tensors |= {"x": random.normal((count, 5)), "y": target(count)}
        settings = dict(arguments)
        if "validation_data" in arguments:
            tensors |= {"validation_x": random.normal((11, 5)), "validation_y": target(11)}
            settings["validation_data"] = (tensors["validation_x"], tensors["validation_y"])
        if "sample_weight" in arguments:
            tensors["sample_weight"] = settings["sample_weight"] = random.uniform((count,), 0, 2)
        if "class_weight" in arguments:
            settings["class_weight"] = dict(enumerate(arguments["class_weight"]))
        if "early_stopping" in arguments:
            settings["callbacks"] = [keras.callbacks.EarlyStopping(**settings.pop("early_stopping"))]
        history = model.fit(
            tensors["x"], tensors["y"], batch_size=8, epochs=epochs, shuffle=False, verbose=0, **settings)
        tensors |= {f"history/{key}": np.array(values) for key, values in history.history.items()}
        tensors |= {f"after/{name}": v.numpy() for name, v in zip(names, model.variables)}
        configuration = {"classes": classes, "loss": loss, "batch_size": 8, "epochs": epochs, "metric": metric}
        fixture.add(name, configuration | arguments, tensors)

    weights = [0.5, 2.0, 1.0, 0.0]
    case("plain", validation_data=True)
    case("regression", classes=1, loss="mean_squared_error", validation_data=True)
    case("sample-weight", sample_weight=True, validation_data=True)
    case("class-weight", class_weight=weights, validation_data=True)
    case("split", validation_split=0.3)
    case("split-sample-weight", validation_split=0.3, sample_weight=True)
    case("split-class-weight", validation_split=0.3, class_weight=weights)
    # The labels are noise: what is learned of them soon makes the validation data worse.
    for name, settings in [
        ("default", {}),
        ("patience", {"patience": 2}),
        ("restore", {"patience": 2, "restore_best_weights": True}),
        ("not-reached", {"patience": 20, "restore_best_weights": True}),
        ("delta", {"patience": 1, "min_delta": 0.05}),
        ("accuracy", {"monitor": "val_accuracy", "patience": 2, "restore_best_weights": True}),
    ]:
        case(f"early-stopping-{name}", epochs=10, validation_data=True, early_stopping=settings)


@family
def networks(fixture):
    """Epochs of fit, in the order of the data, of networks with several inputs and outputs, masks and penalties."""
    layers = keras.layers

    def case(name, model, x, y, sample_weight=None, loss_weights=None, weighted_metrics=None, **settings):
        random = Random(name)
        model.set_weights([random.parameter(v.name, tuple(v.shape)) for v in model.variables])
        names = ["/".join(v.path.split("/")[-2:]) for v in model.variables]
        tensors = {f"before/{name}": v.numpy() for name, v in zip(names, model.variables)}
        model.compile(
            keras.optimizers.SGD(0.1), loss_weights=loss_weights, weighted_metrics=weighted_metrics,
            jit_compile=False, **settings)
        history = model.fit(x, y, sample_weight=sample_weight, batch_size=4, epochs=2, shuffle=False, verbose=0)
        tensors |= {f"history/{key}": np.array(values) for key, values in history.history.items()}
        tensors |= {f"after/{name}": v.numpy() for name, v in zip(names, model.variables)}
        scores = model.evaluate(x, y, sample_weight=sample_weight, batch_size=4, verbose=0, return_dict=True)
        tensors |= {f"scores/{key}": np.array(value) for key, value in scores.items()}
        for kind, values in [("x", x), ("y", y), ("weight", sample_weight)]:
            values = values if isinstance(values, dict) else {"": values}
            tensors |= {f"{kind}/{key}": value for key, value in values.items() if value is not None}
        fixture.add(name, {}, tensors)

    # Two inputs, three outputs; `extra` has no loss.
    random, count = Random("outputs"), 10
    a, b = keras.Input((5,), name="a"), keras.Input((3,), name="b")
    hidden = layers.Dense(6, activation="tanh", name="hidden")(a)
    both = layers.Concatenate()([hidden, b])
    model = keras.Model({"a": a, "b": b}, {
        "boxes": layers.Dense(2, name="boxes")(both),
        "extra": layers.Dense(1, name="extra")(hidden),
        "kinds": layers.Dense(4, activation="softmax", name="kinds")(both),
    })
    x = {"a": random.normal((count, 5)), "b": random.normal((count, 3))}
    y = {
        "boxes": random.normal((count, 2)), "extra": random.normal((count, 1)),
        "kinds": random.integers((count,), 4),
    }
    weights = {name: random.uniform((count,), 0, 2) for name in y}
    settings = {
        "loss": {"boxes": "mean_squared_error", "kinds": "sparse_categorical_crossentropy"},
        "loss_weights": {"boxes": 2.0, "kinds": 0.5},
        "metrics": {"boxes": ["mean_absolute_error"], "extra": ["mean_squared_error"], "kinds": ["accuracy"]},
        "weighted_metrics": {"boxes": ["mean_squared_error"], "kinds": ["accuracy"]},
    }
    case("outputs", model, x, y, **settings)
    case("outputs-weights", model, x, y, sample_weight=weights, **settings)

    # Time steps of zeros do not count; batches have masks of different density.
    def masked(name, loss, **settings):
        random = Random(name)
        x = random.normal((10, 5, 3))
        for sample, length in enumerate([5, 2, 1, 3, 4, 4, 1, 5, 2, 3]):
            x[sample, length:] = 0
        model = keras.Sequential([
            keras.Input((5, 3)), layers.Masking(), layers.TimeDistributed(layers.Dense(4, name="each")),
            layers.TimeDistributed(layers.Dense(2, activation=None if "error" in loss else "softmax", name="output")),
        ])
        y = random.normal((10, 5, 2)) if "error" in loss else random.integers((10, 5), 2)
        weight = random.uniform((10, 5), 0, 2) if "weights" in name else None
        case(name, model, x, y, weight, loss=loss, **settings)

    masked("masked", "mean_squared_error", metrics=["mean_absolute_error"])
    masked("masked-weights", "mean_squared_error", weighted_metrics=["mean_absolute_error"])
    masked("masked-classes", "sparse_categorical_crossentropy", metrics=["accuracy"])

    # The penalty of a frozen layer is not part of the loss; constraints hold after each step.
    random = Random("penalties")
    frozen = layers.Dense(4, kernel_regularizer=keras.regularizers.L2(0.1), name="frozen")
    frozen.trainable = False
    model = keras.Sequential([
        keras.Input((3,)), frozen,
        layers.Dense(
            4, kernel_regularizer=keras.regularizers.L1L2(0.02, 0.05), name="hidden",
            kernel_constraint=keras.constraints.MaxNorm(0.8), bias_constraint=keras.constraints.NonNeg()),
        layers.Dense(2, name="output"),
    ])
    case("penalties", model, random.normal((10, 3)), random.normal((10, 2)), loss="mean_squared_error")


def models(path):
    """The sizes of the reference models, layer by layer."""
    layers = keras.layers

    def lenet():
        return keras.Sequential([
            keras.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ])

    def vgg_lite():
        model = keras.Sequential([keras.Input((32, 32, 3))])
        for filters in [64, 128, 256]:
            for _ in range(2):
                model.add(layers.Conv2D(filters, 3, padding="same", use_bias=False))
                model.add(layers.BatchNormalization())
                model.add(layers.ReLU())
            model.add(layers.MaxPooling2D(2))
        model.add(layers.Flatten())
        model.add(layers.Dense(512, activation="relu"))
        model.add(layers.Dropout(0.5))
        model.add(layers.Dense(10, activation="softmax"))
        return model

    def resnet18():
        def convolution(x, filters, kernel, strides=1):
            x = layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=False)(x)
            return layers.BatchNormalization()(x)

        inputs = keras.Input((32, 32, 3))
        x = layers.ReLU()(convolution(inputs, 64, 3))
        for filters, strides in [(64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)]:
            shortcut = convolution(x, filters, 1, strides) if x.shape[-1] != filters else x
            x = layers.ReLU()(convolution(x, filters, 3, strides))
            x = layers.ReLU()(layers.Add()([convolution(x, filters, 3), shortcut]))
        return keras.Model(inputs, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x)))

    def count(weights):  # not the variables, among which is the state of a dropout's random numbers
        return int(sum(np.prod(w.shape) for w in weights))

    result = {}
    for name, make in [("lenet", lenet), ("vgg-lite", vgg_lite), ("resnet18", resnet18)]:
        model = make()
        result[name] = {
            "trainable": count(model.trainable_weights),
            "nonTrainable": count(model.non_trainable_weights),
            "layers": [
                {"type": type(l).__name__, "output": list(l.output.shape[1:]), "parameters": count(l.weights)}
                for l in model.layers if not isinstance(l, layers.InputLayer)
            ],
        }
    text = ["{"]
    for name, model in result.items():
        text.append(f'  "{name}": {{')
        text.append(f'    "trainable": {model["trainable"]},')
        text.append(f'    "nonTrainable": {model["nonTrainable"]},')
        text.append('    "layers": [')
        text += [f"      {json.dumps(l)}," for l in model["layers"]]
        text[-1] = text[-1].rstrip(",")
        text.append("    ]")
        text.append("  }" + ("," if name != list(result)[-1] else ""))
    path.write_text("\n".join(text + ["}", ""]))


def main():
    chosen = sys.argv[1:] or [*FAMILIES, "models"]
    unknown = [name for name in chosen if name not in FAMILIES and name != "models"]
    if unknown:
        sys.exit(f"make-fixtures: no family {unknown[0]}; there are {', '.join([*FAMILIES, 'models'])}")
    for name in chosen:
        keras.config.set_floatx("float64")
        keras.utils.set_random_seed(0)
        if name == "models":
            path = FIXTURES / "models.json"
            models(path)
            print(f"{path.name}: {path.stat().st_size} bytes")
            continue
        fixture, path = Fixture(), FIXTURES / f"{name}.safetensors"
        FAMILIES[name](fixture)
        fixture.write(path)
        print(f"{path.name}: {len(fixture.metadata)} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
