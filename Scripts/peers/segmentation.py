"""The segmentation networks of Models/ in plain PyTorch, up to the logits of each pixel."""

import torch
from torch import nn
from torch.nn import functional as F


class Pair(nn.Module):
    """Two convolutions, each with ReLU; with `norm` batch normalisation instead of their biases."""

    def __init__(self, channels, filters, padding, norm):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, padding=padding, bias=not norm)
        self.conv2 = nn.Conv2d(filters, filters, 3, padding=padding, bias=not norm)
        self.norm1, self.norm2 = (nn.BatchNorm2d(filters) if norm else None for _ in range(2))

    def forward(self, x):
        for conv, norm in ((self.conv1, self.norm1), (self.conv2, self.norm2)):
            x = F.relu(norm(conv(x)) if norm else conv(x))
        return x


class Up(Pair):
    def __init__(self, filters, padding, norm):
        super().__init__(2 * filters, filters, padding, norm)
        self.up = nn.ConvTranspose2d(2 * filters, filters, 2, 2)


def crop(x, like, offset=None):
    """A window as large as `like`; without an offset the middle."""
    height, width = like.shape[2:]
    top, left = (offset, offset) if offset is not None else ((x.shape[2] - height) // 2, (x.shape[3] - width) // 2)
    return x[:, :, top:top + height, left:left + width]


class UNet(nn.Module):
    def __init__(self, channels=3, classes=11, base=16, depth=4, valid=False, norm=False, dropout=0.0):
        super().__init__()
        self.valid, padding, self.dropout = valid, 0 if valid else 1, nn.Dropout(dropout)
        widths = [base << level for level in range(depth + 1)]
        self.down = nn.ModuleList(
            Pair(i, o, padding, norm) for i, o in zip([channels] + widths, widths[:-1]))
        self.bottom = Pair(widths[-2], widths[-1], padding, norm)
        self.up = nn.ModuleList(Up(width, padding, norm) for width in widths[:-1])
        self.classes = nn.Conv2d(base, classes, 1)

    def forward(self, x):
        skips = []
        for level, pair in enumerate(self.down):
            x = pair(x)
            if level == len(self.down) - 1:
                x = self.dropout(x)
            skips.append(x)
            x = F.max_pool2d(x, 2, ceil_mode=not self.valid)
        x = self.dropout(self.bottom(x))
        for block, skip in zip(reversed(self.up), reversed(skips)):
            x = block.up(x)
            if self.valid:
                skip = crop(skip, x)
            elif x.shape[2:] != skip.shape[2:]:
                x = crop(x, skip, 0)
            x = block(torch.cat([skip, x], 1))
        return self.classes(x)


class Block(nn.Module):
    def __init__(self, channels, filters, bias, norm=True):
        super().__init__()
        self.conv = nn.Conv2d(channels, filters, 3, padding=1, bias=bias)
        self.norm = nn.BatchNorm2d(filters) if norm else None

    def forward(self, x):
        x = self.conv(x)
        return F.relu(self.norm(x)) if self.norm else x


class FCNHead(nn.Module):
    """What makes classes of the features of three stages; `padded` where enlarged scores lie over the picture."""

    def head(self, classes, stride, channels, padded):
        self.stride, self.padded = stride, padded
        self.score = nn.Conv2d(channels[0], classes, 1)

        def up(factor):
            return nn.ConvTranspose2d(
                classes, classes, 2 * factor, factor, padding=factor // 2 if padded else 0, bias=False)

        if stride <= 16:
            self.up4, self.score4 = up(2), nn.Conv2d(channels[1], classes, 1)
        if stride <= 8:
            self.up3, self.score3 = up(2), nn.Conv2d(channels[2], classes, 1)
        self.up = up(stride)

    def classes(self, x, features, pool4, pool3):
        y = self.score(features)
        if self.stride <= 16:
            y = self.joined(self.up4(y), self.score4(pool4), 5)
        if self.stride <= 8:
            y = self.joined(self.up3(y), self.score3(pool3), 9)
        return crop(self.up(y), x, 0 if self.padded else {32: 19, 16: 27, 8: 31}[self.stride])

    def joined(self, enlarged, own, offset):
        return crop(enlarged, own, 0) + own if self.padded else enlarged + crop(own, enlarged, offset)


class FCN(FCNHead):
    """On a small VGG of five stages."""

    def __init__(self, stride, channels=3, classes=11, base=16):
        super().__init__()
        widths = [base << stage for stage in range(5)]
        self.stage = nn.ModuleList(
            nn.ModuleList([Block(i, o, False), Block(o, o, False)]) for i, o in zip([channels] + widths, widths))
        self.fc6, self.fc7 = nn.Conv2d(widths[4], 32 * base, 3, padding=1), nn.Conv2d(32 * base, 32 * base, 1)
        self.head(classes, stride, (32 * base, widths[3], widths[2]), True)

    def forward(self, x):
        pools, y = [], x
        for first, second in self.stage:
            y = F.max_pool2d(second(first(y)), 2, ceil_mode=True)
            pools.append(y)
        y = F.dropout(F.relu(self.fc6(y)), 0.5, self.training)
        y = F.dropout(F.relu(self.fc7(y)), 0.5, self.training)
        return self.classes(x, y, pools[3], pools[2])


class FCNVGG16(FCNHead):
    """On VGG16's convolutions, the first with a padding of 100."""

    def __init__(self, stride, channels=3, classes=21, width=1.0):
        super().__init__()
        layers, counts, number = [], (2, 2, 3, 3, 3), channels
        for stage, count in enumerate(counts):
            filters = int(min(64 << stage, 512) * width)
            for _ in range(count):
                layers += [nn.Conv2d(number, filters, 3, padding=1 if layers else 100), nn.ReLU()]
                number = filters
            layers.append(nn.MaxPool2d(2, ceil_mode=True))
        self.features, units = nn.Sequential(*layers), int(4096 * width)
        self.fc6, self.fc7 = nn.Conv2d(number, units, 7), nn.Conv2d(units, units, 1)
        self.head(classes, stride, (units, int(512 * width), int(256 * width)), False)

    def forward(self, x):
        pool3 = self.features[:17](x)
        pool4 = self.features[17:24](pool3)
        y = F.dropout(F.relu(self.fc6(self.features[24:](pool4))), 0.5, self.training)
        y = F.dropout(F.relu(self.fc7(y)), 0.5, self.training)
        return self.classes(x, y, pool4, pool3)


class SegNet(nn.Module):
    def __init__(self, channels=3, classes=11, stages=((16, 16), (32, 32), (64, 64))):
        super().__init__()
        self.encoder, self.decoder = nn.ModuleList(), nn.ModuleList()
        inputs = [channels] + [stage[-1] for stage in stages[:-1]]
        for number, stage in zip(inputs, stages):
            self.encoder.append(
                nn.ModuleList(Block(i, o, True) for i, o in zip((number,) + tuple(stage[:-1]), stage)))
            last = number if len(self.encoder) > 1 else classes
            outputs = [stage[-1]] * (len(stage) - 1) + [last]
            self.decoder.append(nn.ModuleList(
                Block(stage[-1], o, True, norm=len(self.encoder) > 1 or i < len(stage) - 1)
                for i, o in enumerate(outputs)))

    def forward(self, x):
        pooled = []
        for stage in self.encoder:
            for block in stage:
                x = block(x)
            size = x.shape
            x, indices = F.max_pool2d(x, 2, return_indices=True)
            pooled.append((indices, size))
        for stage, (indices, size) in zip(reversed(self.decoder), reversed(pooled)):
            x = F.max_unpool2d(x, indices, 2, output_size=size[2:])
            for block in stage:
                x = block(x)
        return x


VGG16_STAGES = ((64,) * 2, (128,) * 2, (256,) * 3, (512,) * 3, (512,) * 3)

NETWORKS = {
    "unet": UNet, "unet-2015": lambda: UNet(1, 2, 64, valid=True, dropout=0.5), "segnet": SegNet,
    "segnet-vgg16": lambda: SegNet(3, 12, VGG16_STAGES),
    **{f"fcn-{stride}s": lambda stride=stride: FCN(stride) for stride in (32, 16, 8)},
    **{f"fcn-{stride}s-vgg16": lambda stride=stride: FCNVGG16(stride) for stride in (32, 16, 8)},
}
