"""What `bench layers-of` measures, in PyTorch: layers_of.py KIND ... [--compile]

Prints the milliseconds of a forward pass, and of a forward and a backward pass.
"""

import argparse

import torch

from recurrent import median_seconds


class SelfAttention(torch.nn.Module):
    def __init__(self, size, heads, causal=False):
        super().__init__()
        self.attention = torch.nn.MultiheadAttention(size, heads, batch_first=True)
        self.causal = causal

    def forward(self, x):
        mask = torch.nn.Transformer.generate_square_subsequent_mask(x.shape[1]) if self.causal else None
        return self.attention(x, x, x, need_weights=False, attn_mask=mask, is_causal=self.causal)[0]


def attention():
    for batch, steps, size, heads, causal in [
        (16, 128, 512, 8, False),
        (16, 128, 512, 8, True),
        (1, 128, 512, 8, False),
        (4, 512, 256, 4, False),
    ]:
        name = f"{'causal' if causal else 'self-attention'}-{batch}x{steps}x{size}"
        yield name, SelfAttention(size, heads, causal), torch.randn(batch, steps, size)


def depthwise():
    for size, channels in [(112, 32), (56, 128), (28, 256), (14, 512), (7, 1024)]:
        layer = torch.nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        x = torch.randn(32, channels, size, size)
        layer, x = (part.to(memory_format=torch.channels_last) for part in (layer, x))
        yield f"depthwise-32x{size}x{size}x{channels}", layer, x


def normalization():
    yield "layer-norm-16x128x512", torch.nn.LayerNorm(512), torch.randn(16, 128, 512)
    x = torch.randn(32, 128, 28, 28).to(memory_format=torch.channels_last)
    yield "group-norm-32x28x28x128", torch.nn.GroupNorm(32, 128), x


class Spectrogram(torch.nn.Module):
    """torch.stft, and where there are bands what follows it in a mel spectrogram in decibels."""

    def __init__(self, length, step, bands=None):
        super().__init__()
        self.length, self.step, self.bands = length, step, bands
        self.register_buffer("window", torch.hann_window(length))
        self.register_buffer("triangles", torch.rand(length // 2 + 1, bands or 1))

    def forward(self, x):
        arguments = {"center": self.bands is not None, "return_complex": True}
        spectra = torch.stft(x, self.length, self.step, window=self.window, **arguments).transpose(1, 2)
        if self.bands is None:
            return spectra.abs()
        return 10 * torch.log10((spectra.abs() ** 2 @ self.triangles).clamp(min=1e-10))


def sound():
    yield "stft-256-16x16000", Spectrogram(256, 128), torch.randn(16, 16000)
    yield "stft-2048-16x16000", Spectrogram(2048, 512), torch.randn(16, 16000)
    yield "mel-256-16x16000", Spectrogram(256, 128, 64), torch.randn(16, 16000)
    yield "mel-2048-16x16000", Spectrogram(2048, 512, 128), torch.randn(16, 16000)


def transposed():
    for size, channels, filters, kernel in [(8, 256, 128, 4), (16, 128, 64, 4), (32, 64, 32, 2), (32, 64, 64, 3)]:
        more = {"padding": (kernel - 1) // 2, "output_padding": kernel % 2}
        layer = torch.nn.ConvTranspose2d(channels, filters, kernel, stride=2, bias=False, **more)
        x = torch.randn(16, channels, size, size)
        layer, x = (part.to(memory_format=torch.channels_last) for part in (layer, x))
        yield f"transposed{kernel}-16x{size}x{size}x{channels}", layer, x


def volumes():
    for size, channels, filters in [(16, 32, 32), (16, 32, 64), (8, 64, 64)]:
        layer = torch.nn.Conv3d(channels, filters, 3, padding=1, bias=False)
        x = torch.randn(8, channels, size, size, size)
        layer, x = (part.to(memory_format=torch.channels_last_3d) for part in (layer, x))
        yield f"conv3d-8x{size}x{size}x{size}x{channels}-{filters}", layer, x


KINDS = {f.__name__: f for f in (attention, depthwise, normalization, sound, transposed, volumes)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", nargs="+", choices=KINDS)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--compile", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    for kind in arguments.kind:
        for name, layer, x in KINDS[kind]():
            layer = torch.compile(layer) if arguments.compile else layer
            x.requires_grad_()
            weighting = torch.randn_like(layer(x))

            def forward():
                with torch.inference_mode():
                    layer(x)

            def training():
                layer.zero_grad()
                x.grad = None
                layer(x).backward(weighting)

            times = [1e3 * median_seconds(work, arguments.repeat) for work in (forward, training)]
            print(f"{name:40} {times[0]:10.2f} {times[1]:10.2f}", flush=True)


if __name__ == "__main__":
    main()
