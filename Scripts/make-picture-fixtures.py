#!/usr/bin/env python3
"""Makes the picture files that Tests/CognitronImagesTests reads, and pixels.json with what Pillow reads in them.

Needs, in an environment outside the repository, `pip install numpy pillow`. Deterministic; the versions that made the
files in the repository: Pillow 13.0, libjpeg-turbo 3.2, libwebp 1.6.

pixels.json: for each name, `shape` (height, width, channels) and `pixels` (base64, row-major). `resized/…` are sizes
and filters of rgb.png.
"""

import base64
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

FOLDER = Path(__file__).resolve().parent.parent / "Tests" / "CognitronImagesTests" / "Fixtures"
EXPECTED = {}


def expect(name, image, mode=None):
    pixels = np.asarray(image.convert(mode) if mode else image)
    shape = [*pixels.shape, 1][:3]
    EXPECTED[name] = {"shape": shape, "pixels": base64.b64encode(pixels.astype(np.uint8).tobytes()).decode()}


def drawing(height, width):
    """Gradients with a bright disc and a dark bar: smooth, but with edges."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    picture = np.stack([255 * x / width, 255 * y / height, 255 - 200 * x * y / (width * height)], axis=-1)
    picture[(y - height / 3) ** 2 + (x - width / 2) ** 2 < (height / 4) ** 2] = [250, 220, 40]
    picture[int(0.7 * height) : int(0.8 * height), width // 6 :] = [20, 30, 90]
    return picture.round().astype(np.uint8)


def save(name, image, **options):
    image.save(FOLDER / name, **options)


def png():
    image = Image.fromarray(drawing(20, 24))
    grey = image.convert("L")
    opacity = Image.fromarray(np.linspace(0, 255, 20 * 24).round().astype(np.uint8).reshape(20, 24))
    save("rgb.png", image)
    expect("rgb.png", image)
    expect("rgb.png/grey", image, "L")
    save("grey.png", grey)
    expect("grey.png", grey)
    bits = grey.point(lambda value: 255 * (value > 128)).convert("1", dither=Image.Dither.NONE)
    save("grey1.png", bits)
    expect("grey1.png", bits, "L")
    rgba = image.copy()
    rgba.putalpha(opacity)
    save("rgba.png", rgba)
    expect("rgba.png", rgba)
    grey_alpha = Image.merge("LA", [grey, opacity])
    save("grey-alpha.png", grey_alpha)
    expect("grey-alpha.png", grey_alpha, "RGBA")
    indices = Image.fromarray((np.arange(20 * 24).reshape(20, 24) // 40).astype(np.uint8), "P")
    indices.putpalette([(37 * n) % 256 for n in range(3 * 12)])
    save("palette.png", indices)
    expect("palette.png", indices, "RGB")
    expect("palette.png/indices", Image.fromarray(np.asarray(indices)))
    save("palette-transparent.png", indices, transparency=3)
    expect("palette-transparent.png", Image.open(FOLDER / "palette-transparent.png"), "RGBA")
    wide = np.arange(20 * 24).reshape(20, 24) * 136
    save("grey16.png", Image.fromarray(wide.astype(np.uint16)))
    expect("grey16.png", Image.fromarray(np.round(wide / 257).astype(np.uint8)))
    for height, width in [(7, 9), (20, 9), (7, 24), (45, 50), (20, 60), (1, 1)]:
        for name in ["NEAREST", "BILINEAR", "BICUBIC", "LANCZOS"]:
            resized = image.resize((width, height), getattr(Image.Resampling, name))
            # Pillow's nearest adds up rounded steps: where a point lies between two pixels it may take either.
            if name == "NEAREST" and (height, width) != (7, 24):
                continue
            if height * width < 500 or name == "BILINEAR":
                expect(f"resized/{height}/{width}/{name.lower()}", resized)


def jpeg():
    image = Image.fromarray(drawing(40, 56))
    save("rgb.jpg", image, quality=85)
    save("progressive.jpg", image, quality=85, progressive=True, subsampling=0)
    save("grey.jpg", image.convert("L"), quality=85)
    save("cmyk.jpg", ImageOps.invert(image).convert("CMYK"), quality=85)
    for name in ["rgb.jpg", "progressive.jpg", "grey.jpg"]:
        expect(name, Image.open(FOLDER / name))
    expect("cmyk.jpg", Image.open(FOLDER / "cmyk.jpg"), "RGB")
    half = Image.open(FOLDER / "rgb.jpg")
    half.draft("RGB", (28, 20))
    expect("rgb.jpg/half", half)
    small = Image.fromarray(drawing(16, 24))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[274] = orientation
        name = f"orientation{orientation}.jpg"
        save(name, small, quality=80, exif=exif)
        expect(name, ImageOps.exif_transpose(Image.open(FOLDER / name)))


def others():
    image = Image.fromarray(drawing(20, 24))
    save("lossy.webp", image, quality=80)
    expect("lossy.webp", Image.open(FOLDER / "lossy.webp"))
    rgba = Image.open(FOLDER / "rgba.png")
    save("lossless.webp", rgba, lossless=True, exact=True)
    expect("lossless.webp", rgba)
    small = image.resize((7, 5))
    for name, mode in [("rgb.bmp", "RGB"), ("palette.bmp", "P"), ("bits.bmp", "1")]:
        save(name, small.convert(mode))
        expect(name, Image.open(FOLDER / name), "RGB")
    frames = [image.resize((4, 4)), image.resize((4, 4)).rotate(90)]
    save("animation.webp", frames[0], save_all=True, append_images=frames[1:])
    save("frames.gif", frames[0])


def main():
    FOLDER.mkdir(exist_ok=True)
    png()
    jpeg()
    others()
    (FOLDER / "pixels.json").write_text(json.dumps(EXPECTED, indent=0) + "\n")


if __name__ == "__main__":
    main()
