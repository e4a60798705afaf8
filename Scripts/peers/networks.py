"""The networks of Models/ in PyTorch, by the names that `bench` has for them, with the shapes of their pictures.

Those that torchvision has are torchvision's; the others are in zoo.py. PyTorch is imported when a network is made, so
that programs without it can read the shapes.
"""

import math

small, large = (3, 32, 32), (3, 224, 224)

SHAPES = {
    "lenet": (1, 28, 28), "lenet5": (1, 32, 32), "vgg-lite": small, "resnet18": small, "resnet34": small,
    "wrn-16-4": small, "wrn-28-10": small, "densenet-bc-40-12": small, "densenet-bc-100-12": small, "alexnet": large,
    "alexnet-2012": (3, 227, 227), **{f"vgg{depth}{end}": large for depth in (11, 13, 16, 19) for end in ("", "-bn")},
    "googlenet": large, "resnet18-imagenet": large, "resnet34-imagenet": large, "resnet50": large, "resnet101": large,
    "resnet152": large, "densenet121": large, "mobilenet": large, "mobilenet-v2": large, "mlp": (8,),
    **{name: (3, 128, 128) for name in ("unet", "fcn-32s", "fcn-16s", "fcn-8s", "segnet")}, "unet-2015": (1, 572, 572),
    **{f"fcn-{stride}s-vgg16": (3, 500, 500) for stride in (32, 16, 8)}, "segnet-vgg16": (3, 360, 480),
    "ssd300": (3, 300, 300), "faster-rcnn-resnet50-fpn": (3, 800, 1088), "mask-rcnn-resnet50-fpn": (3, 800, 1088),
    # What generators are given; they are trained on pictures of other shapes (generation.py).
    "dcgan": (100,), "dcgan-64": (100,), "pix2pix": (3, 64, 64), "pix2pix-256": (3, 256, 256),
}


# Torchvision's functions for those that find objects, with the classes that Models/ has by default and background.
DETECTORS = {
    "ssd300": ("ssd300_vgg16", 21), "faster-rcnn-resnet50-fpn": ("fasterrcnn_resnet50_fpn", 91),
    "mask-rcnn-resnet50-fpn": ("maskrcnn_resnet50_fpn", 91),
}


def batch_of(name):
    """The batch that `bench` measures where none is given."""
    if name.startswith("dcgan"):
        return 128
    size = math.prod(SHAPES[name])
    return 128 if size < 40_000 else 32 if size < 300_000 else 1


def make(name):
    """The network with random weights, up to its logits; of adversarial networks the generator."""
    import generation
    if name in generation.NETWORKS:
        return generation.NETWORKS[name][0]()
    import zoo
    own = {
        "lenet": zoo.lenet, "lenet5": zoo.lenet5, "vgg-lite": zoo.vgg_lite, "mobilenet": zoo.mobilenet,
        "alexnet-2012": zoo.alexnet_2012, "mlp": zoo.mlp,
        "resnet18": lambda: zoo.small_resnet(18), "resnet34": lambda: zoo.small_resnet(34),
        "wrn-16-4": lambda: zoo.WideResNet(16, 4), "wrn-28-10": lambda: zoo.WideResNet(28, 10),
        "densenet-bc-40-12": lambda: zoo.small_densenet(40), "densenet-bc-100-12": lambda: zoo.small_densenet(100),
    }
    if name in own:
        return own[name]()
    import segmentation
    if name in segmentation.NETWORKS:
        return segmentation.NETWORKS[name]()
    import torchvision
    if name in DETECTORS:
        function, classes = DETECTORS[name]
        return getattr(torchvision.models.detection, function)(
            weights=None, weights_backbone=None, num_classes=classes)
    options = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
    torchvision_name = name.replace("-imagenet", "").replace("-", "_")
    return getattr(torchvision.models, torchvision_name)(weights=None, **options)
