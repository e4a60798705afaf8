"""The adversarial networks of Models/ in plain PyTorch: the generator, the discriminator, and a step of both."""

import torch
from torch import nn


def normalized(layer, channels, *rest):
    return [layer, nn.BatchNorm2d(channels), *rest]


def down(inputs, outputs, strides=2, bias=False):
    return nn.Conv2d(inputs, outputs, 4, strides, 1, bias=bias)


def up(inputs, outputs, bias=False):
    return nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=bias)


def dcgan_generator():
    """Of 28×28×1."""
    return nn.Sequential(
        nn.Linear(100, 7 * 7 * 128, bias=False), nn.Unflatten(1, (128, 7, 7)), nn.BatchNorm2d(128), nn.ReLU(),
        *normalized(up(128, 64), 64, nn.ReLU()), up(64, 1), nn.Tanh())


def dcgan_discriminator():
    return nn.Sequential(
        down(1, 64), nn.LeakyReLU(0.2), *normalized(down(64, 128), 128, nn.LeakyReLU(0.2)), nn.Flatten(),
        nn.Linear(7 * 7 * 128, 1))


def dcgan64_generator(f=64):
    first = nn.ConvTranspose2d(100, 8 * f, 4, bias=False)
    layers = [nn.Unflatten(1, (100, 1, 1)), *normalized(first, 8 * f, nn.ReLU())]
    for width in (4 * f, 2 * f, f):
        layers += normalized(up(2 * width, width), width, nn.ReLU())
    return nn.Sequential(*layers, up(f, 3), nn.Tanh())


def dcgan64_discriminator(f=64):
    layers = [down(3, f), nn.LeakyReLU(0.2)]
    for width in (2 * f, 4 * f, 8 * f):
        layers += normalized(down(width // 2, width), width, nn.LeakyReLU(0.2))
    return nn.Sequential(*layers, nn.Conv2d(8 * f, 1, 4, bias=False), nn.Flatten())


class UNetLevel(nn.Module):
    """A level of pix2pix's U-Net around the next one; `inside` is None for the innermost."""

    def __init__(self, outer, inner, inside, inputs=None, outermost=False, dropout=False):
        super().__init__()
        self.outermost = outermost
        before = [] if outermost else [nn.LeakyReLU(0.2)]
        layers = [*before, down(inputs or outer, inner)]
        if inside is not None:
            layers += ([] if outermost else [nn.BatchNorm2d(inner)]) + [inside]
        layers += [nn.ReLU(), up(inner if inside is None else 2 * inner, outer, bias=outermost)]
        layers += [nn.Tanh()] if outermost else [nn.BatchNorm2d(outer)]
        self.layers = nn.Sequential(*layers, *([nn.Dropout(0.5)] if dropout else []))

    def forward(self, x):
        return self.layers(x) if self.outermost else torch.cat([x, self.layers(x)], 1)


def pix2pix_generator(f, levels):
    widths = [f * min(2**level, 8) for level in range(levels)]
    block = None
    for level in reversed(range(1, levels)):
        block = UNetLevel(widths[level - 1], widths[level], block, dropout=levels - level <= 3)
    return UNetLevel(3, f, block, inputs=3, outermost=True)


def pix2pix_discriminator(f, strided):
    layers = [down(6, f, bias=True), nn.LeakyReLU(0.2)]
    width = f
    for layer in range(1, strided + 1):
        wider = f * min(2**layer, 8)
        layers += normalized(down(width, wider, 2 if layer < strided else 1), wider, nn.LeakyReLU(0.2))
        width = wider
    return nn.Sequential(*layers, down(width, 1, 1, bias=True))


# The generator, the discriminator, the shape of the generator's input, and of the samples.
NETWORKS = {
    "dcgan": (dcgan_generator, dcgan_discriminator, (100,), (1, 28, 28)),
    "dcgan-64": (dcgan64_generator, dcgan64_discriminator, (100,), (3, 64, 64)),
    "pix2pix": (lambda: pix2pix_generator(16, 6), lambda: pix2pix_discriminator(16, 2), (3, 64, 64), (3, 64, 64)),
    "pix2pix-256": (
        lambda: pix2pix_generator(64, 8), lambda: pix2pix_discriminator(64, 3), (3, 256, 256), (3, 256, 256)),
}


def training_step(name, batch, layout, compiled):
    """One step of the discriminator and one of the generator, as in Models/: −log D, of pix2pix with L1."""
    make_generator, make_discriminator, input_shape, shape = NETWORKS[name]
    generator = make_generator().to(memory_format=layout).train()
    discriminator = make_discriminator().to(memory_format=layout).train()
    optimizers = [
        torch.optim.Adam(n.parameters(), lr=1e-6, betas=(0.5, 0.999)) for n in (generator, discriminator)]
    make, judge = (torch.compile(generator), torch.compile(discriminator)) if compiled else (generator, discriminator)
    is_pair = name.startswith("pix2pix")
    real = (torch.rand(batch, *shape) * 2 - 1).contiguous(memory_format=layout)
    given = (torch.rand(batch, *input_shape) * 2 - 1).contiguous(memory_format=layout) if is_pair else None
    loss = nn.functional.binary_cross_entropy_with_logits

    def judged(picture):
        return judge(torch.cat([picture, given], 1) if is_pair else picture)

    def target_loss(logits, target):
        return loss(logits, torch.full_like(logits, target))

    def step():
        made = make(given if is_pair else torch.randn(batch, *input_shape))
        optimizers[1].zero_grad()
        halves = target_loss(judged(real), 1.0) + target_loss(judged(made.detach()), 0.0)
        (halves * (0.5 if is_pair else 1)).backward()
        optimizers[1].step()
        optimizers[0].zero_grad()
        for parameter in discriminator.parameters():
            parameter.requires_grad_(False)
        deceit = target_loss(judged(made), 1.0)
        (deceit + 100 * (made - real).abs().mean() if is_pair else deceit).backward()
        for parameter in discriminator.parameters():
            parameter.requires_grad_(True)
        optimizers[0].step()

    return step
