#!/usr/bin/env python3
"""Makes Tests/CognitronModelsTests/Fixtures/zoo.json: what torchvision's, Keras's and plain PyTorch networks predict;
segmentation.json, the same at some pixels of networks that predict all, and detection.json, of SSD300 at some boxes:

    make-zoo-fixtures.py [segmentation | detection]

Weights are given by a formula of their name and place, which the test computes too, so that no weights are kept. The
statistics of batch normalisation are those of the input itself. Needs, in an environment outside the repository,

    pip install numpy torch torchvision keras tensorflow-cpu
"""

import json
import os
import sys
import zlib
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
import torchvision.models as zoo  # noqa: E402
import torchvision.models.detection  # noqa: E402, F401
from torch import nn  # noqa: E402

SCRIPTS = Path(__file__).resolve().parent
sys.path.insert(0, str(SCRIPTS / "peers"))
from segmentation import FCN, FCNVGG16, SegNet, UNet  # noqa: E402
from zoo import Siamese, WideResNet, small_densenet, small_resnet  # noqa: E402

FIXTURE = SCRIPTS.parent / "Tests" / "CognitronModelsTests" / "Fixtures" / "zoo.json"


def numbers(name, count):
    """Uniform numbers from -0.5 to 0.5, of a hash of the name and the place."""
    with np.errstate(over="ignore"):
        x = np.arange(count, dtype=np.uint32) * np.uint32(2654435761) + np.uint32(zlib.crc32(name.encode()))
        x = (x ^ (x >> np.uint32(16))) * np.uint32(0x45D9F3B)
        x = (x ^ (x >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
        x ^= x >> np.uint32(16)
    return (x.astype(np.float64) / 2**32 - 0.5).astype(np.float32)


def weights(name, shape, fan_in):
    """He's uniform weights; scales near 1, shifts near 0."""
    u = numbers(name, int(np.prod(shape))).reshape(shape)
    if len(shape) > 1:
        return u * np.float32(np.sqrt(24 / fan_in))
    return 1 + u * np.float32(0.4) if name.endswith(("weight", "gamma")) else u * np.float32(0.2)


def picture(shape):
    """Pictures (N, H, W, C)."""
    return numbers("input", int(np.prod(shape))).reshape(shape) * 4


def normalize_by_batch(model):
    """Gives every batch normalisation the statistics of its next input."""
    def hook(layer, inputs):
        x = inputs[0].detach()
        layer.running_mean.copy_(x.mean((0, 2, 3)))
        layer.running_var.copy_(x.var((0, 2, 3), unbiased=False))

    return [m.register_forward_pre_hook(hook) for m in model.modules() if isinstance(m, nn.BatchNorm2d)]


def torch_outputs(model, size, channels=3, count=2):
    with torch.no_grad():
        for name, value in model.named_parameters():
            fan_in = value[0].numel() if value.dim() > 1 else 0
            value.copy_(torch.from_numpy(weights(name, tuple(value.shape), fan_in)))
    model.eval()
    hooks = normalize_by_batch(model)
    x = torch.from_numpy(picture((count, size, size, channels)).transpose(0, 3, 1, 2).copy())
    with torch.no_grad():
        model(x)
        for hook in hooks:
            hook.remove()
        return torch.softmax(model(x), 1).numpy()


def keras_mobilenet(size):
    model = keras.applications.MobileNet(weights=None, input_shape=(size, size, 3), classes=10)
    for layer in model.layers:
        for variable in layer.weights:
            name, shape = f"{layer.name}/{variable.name}", tuple(variable.shape)
            if variable.name in ("moving_mean", "moving_variance"):
                continue
            fan_in = np.prod(shape[:-1])
            # The last layer's kernel has two more axes than a dense one's.
            variable.assign(weights(name, shape, fan_in))
    x = picture((2, size, size, 3))
    with torch.no_grad():
        for layer in model.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                value = keras.Model(model.inputs, layer.input)(x, training=False)
                layer.moving_mean.assign(value.mean((0, 1, 2)))
                layer.moving_variance.assign(value.var((0, 1, 2), unbiased=False))
        return model(x, training=False).cpu().numpy()


def keras_vae():
    """The networks of Keras's example "Variational AutoEncoder" (2020): for each of two pictures its divergence, then
    the code's means and logarithms of variances, and 15 pixels of what the means are decoded to."""
    layers, known = keras.layers, {"strides": 2, "padding": "same", "activation": "relu"}
    named = {}

    def named_layer(path, layer):
        named[path] = layer
        return layer

    picture_input = keras.Input((28, 28, 1))
    x = named_layer("encoder/conv2d", layers.Conv2D(32, 3, **known))(picture_input)
    x = named_layer("encoder/conv2d_1", layers.Conv2D(64, 3, **known))(x)
    x = named_layer("encoder/dense", layers.Dense(16, activation="relu"))(layers.Flatten()(x))
    mean = named_layer("encoder/mean", layers.Dense(2))(x)
    log_variance = named_layer("encoder/log_variance", layers.Dense(2))(x)
    encoder = keras.Model(picture_input, [mean, log_variance])
    code_input = keras.Input((2,))
    x = named_layer("decoder/dense", layers.Dense(7 * 7 * 64, activation="relu"))(code_input)
    x = layers.Reshape((7, 7, 64))(x)
    x = named_layer("decoder/conv2d_transpose", layers.Conv2DTranspose(64, 3, **known))(x)
    x = named_layer("decoder/conv2d_transpose_1", layers.Conv2DTranspose(32, 3, **known))(x)
    last = layers.Conv2DTranspose(1, 3, activation="sigmoid", padding="same")
    decoder = keras.Model(code_input, named_layer("decoder/conv2d_transpose_2", last)(x))
    assert (encoder.count_params(), decoder.count_params()) == (69_076, 65_089)
    for path, layer in named.items():
        for variable in layer.weights:
            shape = tuple(variable.shape)
            variable.assign(weights(f"{path}/{variable.name}", shape, np.prod(shape[:-1])))
    with torch.no_grad():
        mean, log_variance = (x.cpu().numpy() for x in encoder(picture((2, 28, 28, 1)) / 4 + 0.5))
        pixels = decoder(mean).cpu().numpy().reshape(2, -1)[:, 7::52]
    divergence = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(1, keepdims=True)
    return np.concatenate([divergence, mean, log_variance, pixels], 1)


NETWORKS = {
    "alexnet": (lambda: zoo.alexnet(weights=None, num_classes=10), 96),
    "vgg11-bn": (lambda: zoo.vgg11_bn(weights=None, num_classes=10), 64),
    "googlenet": (
        lambda: zoo.googlenet(weights=None, aux_logits=False, init_weights=False, num_classes=10), 128),
    "resnet18": (lambda: small_resnet(18), 32),
    "resnet34-imagenet": (lambda: zoo.resnet34(weights=None, num_classes=10), 64),
    "resnet50-imagenet": (lambda: zoo.resnet50(weights=None, num_classes=10), 128),
    "densenet121": (lambda: zoo.densenet121(weights=None, num_classes=10), 128),
    "densenet-bc-40-12": (lambda: small_densenet(40), 32),
    "mobilenet-v2": (lambda: zoo.mobilenet_v2(weights=None, num_classes=10), 128),
    "wrn-16-4": (lambda: WideResNet(16, 4), 32),
}


# Every seventh pixel of each row and column is compared.
SEGMENTING = {
    "unet": (lambda: UNet(3, 5, 8, 3), 32),
    "unet, normalised": (lambda: UNet(3, 5, 8, 3, norm=True), 32),
    "unet, odd": (lambda: UNet(3, 5, 8, 3), 27),
    "unet, valid": (lambda: UNet(3, 5, 4, 2, valid=True), 60),
    **{f"fcn-{stride}s": (lambda stride=stride: FCN(stride, 3, 5, 4), 64) for stride in (32, 16, 8)},
    "fcn-8s, odd": (lambda: FCN(8, 3, 5, 4), 45),
    **{f"fcn-{stride}s-vgg16": (lambda stride=stride: FCNVGG16(stride, 3, 5, 1 / 32), 50) for stride in (32, 16, 8)},
    "segnet": (lambda: SegNet(3, 5, ((8, 8), (16, 16))), 32),
    "segnet, odd": (lambda: SegNet(3, 5, ((4, 4), (8, 8, 8), (16, 16, 16))), 45),
}


def segmentation():
    rows = {}
    for name, (make, size) in SEGMENTING.items():
        pixels = torch_outputs(make(), size)[:, :, ::7, ::7].transpose(0, 2, 3, 1)
        rows[name] = [[round(float(p), 6) for p in row] for row in pixels.reshape(-1, pixels.shape[-1])]
        print(name, len(rows[name]), rows[name][0])
    text = ",\n".join(f' "{name}": {json.dumps(values)}' for name, values in rows.items())
    FIXTURE.with_name("segmentation.json").write_text("{\n" + text + "\n}\n")


def detection():
    """SSD300's offsets and logits of every 97th default box, for a picture with pixels from 0 to 1."""
    model = zoo.detection.ssd300_vgg16(weights=None, weights_backbone=None, num_classes=21).eval()
    with torch.no_grad():
        for name, value in model.named_parameters():
            fan_in = value[0].numel() if value.dim() > 1 else 0
            value.copy_(torch.from_numpy(weights(name, tuple(value.shape), fan_in)))
        x = torch.from_numpy((picture((1, 300, 300, 3)) / 4 + 0.5).transpose(0, 3, 1, 2).copy())
        mean, std = (torch.tensor(v)[:, None, None] for v in (model.transform.image_mean, model.transform.image_std))
        outputs = model.head(list(model.backbone((x - mean) / std).values()))
        rows = torch.cat([outputs["bbox_regression"], outputs["cls_logits"]], 2)[0, ::97]
    text = ",\n".join(json.dumps([float(f"{v:.5g}") for v in row]) for row in rows.tolist())
    FIXTURE.with_name("detection.json").write_text('{"ssd300": [\n' + text + "\n]}\n")
    print(rows.shape, rows.abs().mean(0))


def main():
    if sys.argv[1:] == ["segmentation"]:
        return segmentation()
    if sys.argv[1:] == ["detection"]:
        return detection()
    outputs = {name: torch_outputs(make(), size).tolist() for name, (make, size) in NETWORKS.items()}
    outputs["mobilenet"] = keras_mobilenet(128).tolist()
    outputs["siamese"] = torch_outputs(Siamese(), 68, channels=1, count=4).tolist()
    outputs["vae"] = keras_vae().tolist()
    FIXTURE.parent.mkdir(exist_ok=True)
    FIXTURE.write_text(json.dumps({k: [[round(p, 7) for p in row] for row in v] for k, v in outputs.items()}, indent=1))
    for name, rows in outputs.items():
        print(name, np.round(rows[0], 3))


if __name__ == "__main__":
    main()
