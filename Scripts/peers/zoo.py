"""Networks of Models/ that torchvision does not have, in plain PyTorch, up to their logits."""

import torch
import torchvision.models
from torch import nn
from torch.nn import functional as F


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def vgg_lite():
    layers, channels = [], 3
    for filters in (64, 128, 256):
        for _ in range(2):
            layers += [nn.Conv2d(channels, filters, 3, padding=1, bias=False), nn.BatchNorm2d(filters),
                       nn.ReLU(inplace=True)]
            channels = filters
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(4096, 512), nn.ReLU(), nn.Dropout(0.5), nn.Linear(512, 10))


def mlp():
    return nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))


def alexnet_2012():
    def convolution(channels, filters, size, **more):
        return [nn.Conv2d(channels, filters, size, **more), nn.ReLU(inplace=True)]

    normalize, pool = nn.LocalResponseNorm(5, 5e-4, 0.75, 2), nn.MaxPool2d(3, 2)
    return nn.Sequential(
        *convolution(3, 96, 11, stride=4), normalize, pool,
        *convolution(96, 256, 5, padding=2, groups=2), normalize, pool,
        *convolution(256, 384, 3, padding=1), *convolution(384, 384, 3, padding=1, groups=2),
        *convolution(384, 256, 3, padding=1, groups=2), pool, nn.Flatten(),
        nn.Linear(9216, 4096), nn.ReLU(inplace=True), nn.Dropout(0.5),
        nn.Linear(4096, 4096), nn.ReLU(inplace=True), nn.Dropout(0.5), nn.Linear(4096, 1000))


def mobilenet():
    def normalized(filters, layer):
        return [layer, nn.BatchNorm2d(filters, 1e-3), nn.ReLU6(inplace=True)]

    layers, channels = normalized(32, nn.Conv2d(3, 32, 3, 2, 1, bias=False)), 32
    pairs = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
    for filters, stride in pairs:
        layers += normalized(channels, nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False))
        layers += normalized(filters, nn.Conv2d(channels, filters, 1, bias=False))
        channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.001), nn.Linear(1024, 1000))


class SquashedSubsampling(nn.Module):
    """LeNet-5's means of 2×2 pixels, with a weight and a bias for each map."""

    def __init__(self, channels):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(channels, 1, 1)), nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x):
        return squashed(self.weight * F.avg_pool2d(x, 2) + self.bias)


def squashed(x):
    return 1.7159 * torch.tanh(2 / 3 * x)


class LeNet5(nn.Module):
    """C3 reads all maps, and masks those that its table leaves out; the drawings are random."""

    maps = [[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5], [0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5],
            [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5], [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]]

    def __init__(self):
        super().__init__()
        self.c1, self.s2 = nn.Conv2d(1, 6, 5), SquashedSubsampling(6)
        self.c3, self.s4 = nn.Conv2d(6, 16, 5), SquashedSubsampling(16)
        self.c5, self.f6 = nn.Conv2d(16, 120, 5), nn.Linear(120, 84)
        mask = torch.zeros(16, 6, 1, 1)
        for number, maps in enumerate(self.maps):
            mask[number, maps] = 1
        self.register_buffer("mask", mask)
        self.register_buffer("centres", torch.sign(torch.randn(10, 84)))

    def forward(self, x):
        x = self.s2(squashed(self.c1(x)))
        x = self.s4(squashed(F.conv2d(x, self.c3.weight * self.mask, self.c3.bias)))
        x = squashed(self.f6(torch.flatten(squashed(self.c5(x)), 1)))
        return -((x[:, None] - self.centres) ** 2).sum(2)


def lenet5():
    return LeNet5()


class Siamese(nn.Module):
    """Koch's network, for pictures of 68×68."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 64, 10), nn.Conv2d(64, 128, 7)
        self.conv3, self.conv4 = nn.Conv2d(128, 128, 4), nn.Conv2d(128, 256, 4)
        self.dense, self.join = nn.Linear(256, 4096), nn.Linear(4096, 1)

    def tower(self, x):
        for convolution in (self.conv1, self.conv2, self.conv3):
            x = F.max_pool2d(F.relu(convolution(x)), 2)
        return torch.sigmoid(self.dense(F.relu(self.conv4(x)).flatten(1)))

    def forward(self, x):
        """Compares the first two pictures with the last two."""
        h = self.tower(x)
        p = torch.sigmoid(self.join((h[:2] - h[2:]).abs()))
        return torch.log(torch.cat([1 - p, p], 1))


class WideBlock(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(channels), nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.bn2, self.conv2 = nn.BatchNorm2d(filters), nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.shortcut = nn.Conv2d(channels, filters, 1, stride, bias=False) if channels != filters else None

    def forward(self, x):
        y = F.relu(self.bn1(x))
        shortcut = self.shortcut(y) if self.shortcut is not None else x
        return shortcut + self.conv2(F.relu(self.bn2(self.conv1(y))))


class WideResNet(nn.Module):
    def __init__(self, depth, width):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        channels = 16
        for group in range(3):
            blocks = []
            for block in range((depth - 4) // 6):
                filters = 16 * width << group
                blocks.append(WideBlock(channels, filters, 2 if group > 0 and block == 0 else 1))
                channels = filters
            setattr(self, f"group{group + 1}", nn.Sequential(*blocks))
        self.bn, self.fc = nn.BatchNorm2d(channels), nn.Linear(channels, 10)

    def forward(self, x):
        x = self.group3(self.group2(self.group1(self.conv1(x))))
        return self.fc(F.relu(self.bn(x)).mean((2, 3)))


def small_resnet(depth):
    model = getattr(torchvision.models, f"resnet{depth}")(weights=None, num_classes=10)
    model.conv1, model.maxpool = nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.Identity()
    return model


def small_densenet(depth):
    model = torchvision.models.DenseNet(12, ((depth - 4) // 6,) * 3, 24, num_classes=10)
    model.features.conv0 = nn.Conv2d(3, 24, 3, 1, 1, bias=False)
    model.features.norm0, model.features.relu0, model.features.pool0 = nn.Identity(), nn.Identity(), nn.Identity()
    return model
