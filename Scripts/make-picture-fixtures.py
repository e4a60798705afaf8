#!/usr/bin/env python3
"""Makes the picture files that Tests/CognitronImagesTests reads, and pixels.json with what Pillow reads in them.

Needs, in an environment outside the repository, `pip install numpy pillow`. Deterministic; the versions that made the
files in the repository: Pillow 13.0, libjpeg-turbo 3.2, libwebp 1.6.

pixels.json: for each name, `shape` (height, width, channels) and `pixels` (base64, row-major). `resized/…` are sizes
and filters of rgb.png.
"""

import base64
import json
import struct
import zlib
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


def write_png(name, pixels, color, bits=8, interlaced=False, chunks=b""):
    """A PNG file in a form that Pillow does not write: the rows as they are, after filter 0.

    Pixels are (height, width, channels). Interlaced ones follow in the seven passes of Adam7.
    """
    height, width = pixels.shape[:2]
    starts = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    data = b""
    for top, left, down, right in starts if interlaced else [(0, 0, 1, 1)]:
        for row in pixels[top::down, left::right]:
            data += b"\0" + row.astype(">u2" if bits == 16 else ">u1").tobytes() if row.size else b""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, interlaced)
    (FOLDER / name).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunks + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


def forms():
    """Forms of files that are seldom met, of a small picture."""
    image = Image.fromarray(drawing(11, 13))
    grey, pixels = image.convert("L"), np.asarray(image)
    opacity = np.linspace(0, 255, 11 * 13).round().astype(np.uint8).reshape(11, 13)
    rgba = np.dstack([pixels, opacity])
    write_png("interlaced.png", pixels, 2, interlaced=True)
    expect("interlaced.png", Image.open(FOLDER / "interlaced.png"))
    # A gAMA chunk of 1.0 says that values are linear; they are read as stored.
    gamma = b"\0\0\0\4gAMA" + struct.pack(">I", 100000)
    write_png("gamma.png", pixels, 2, chunks=gamma + struct.pack(">I", zlib.crc32(gamma[4:])))
    expect("gamma.png", Image.open(FOLDER / "gamma.png"))
    wide = rgba.astype(np.uint32) * 257 - (rgba > 0) * 100
    # Pillow reads colours of 16 bits by their upper bytes; they are rounded here.
    rounded = np.round(wide / 257).astype(np.uint8)
    for name, color, channels in [("rgb16.png", 2, [0, 1, 2]), ("rgba16.png", 6, [0, 1, 2, 3])]:
        write_png(name, wide[..., channels], color, bits=16)
        expect(name, Image.fromarray(rounded[..., channels]))
    write_png("grey-alpha16.png", wide[..., [0, 3]], 4, bits=16)
    expect("grey-alpha16.png", Image.fromarray(rounded[..., [0, 0, 0, 3]]))
    save("grey-transparent.png", grey, transparency=int(np.asarray(grey)[0, 0]))
    expect("grey-transparent.png", Image.open(FOLDER / "grey-transparent.png"), "RGBA")
    for bits in [1, 2, 4]:
        few = image.quantize(2**bits)
        save(f"palette{bits}.png", few, bits=bits)
        expect(f"palette{bits}.png", Image.open(FOLDER / f"palette{bits}.png"), "RGB")
    save("stored-rgb.jpg", image, keep_rgb=True)
    save("restarts.jpg", image, restart_marker_blocks=1, subsampling=2)
    for name in ["stored-rgb.jpg", "restarts.jpg"]:
        expect(name, Image.open(FOLDER / name))
    save("grey.bmp", grey)
    expect("grey.bmp", Image.open(FOLDER / "grey.bmp"), "RGB")
    save("rgba.bmp", Image.fromarray(rgba))
    expect("rgba.bmp", Image.open(FOLDER / "rgba.bmp"))
    # As image editors write it: a header of version 4 with masks, the last of opacity.
    stored = rgba[::-1, :, [2, 1, 0, 3]].tobytes()
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    header = struct.pack("<IiiHHIIiiII", 108, 13, 11, 1, 32, 3, len(stored), 0, 0, 0, 0) + masks + bytes(52)
    (FOLDER / "masks.bmp").write_bytes(b"BM" + struct.pack("<III", 122 + len(stored), 0, 122) + header + stored)
    expect("masks.bmp", Image.open(FOLDER / "masks.bmp"))
    save("grey.webp", grey)
    save("lossy-alpha.webp", Image.fromarray(rgba), quality=80)
    save("palette.webp", image.quantize(8), lossless=True)
    for name in ["grey.webp", "lossy-alpha.webp", "palette.webp"]:
        expect(name, Image.open(FOLDER / name))


def main():
    FOLDER.mkdir(exist_ok=True)
    png()
    jpeg()
    others()
    forms()
    (FOLDER / "pixels.json").write_text(json.dumps(EXPECTED, indent=0) + "\n")


if __name__ == "__main__":
    main()
