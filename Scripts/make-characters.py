#!/usr/bin/env python3
"""Draws handwritten kana and kanji of two hands as pictures for the experiment one-shot.

    apt-get download fonts-seto fonts-yozvox-yozfont-standard-kana
    for file in fonts-*.deb; do dpkg-deb -x "$file" fonts; done
    Scripts/make-characters.py fonts data/characters

Both fonts are handwriting under the Open Font License 1.1. DIR/train holds 1,000 kanji, DIR/test 150 kana and
250 other kanji; each is a folder named by its code point with seto-1.png, seto-2.png, yoz-1.png and yoz-2.png
(the second hand's thin and thick pen), moved, turned, sheared and scaled at random from a seed. Ink is bright
on black. Needs Pillow.
"""

import argparse
import pathlib
import random

from PIL import Image, ImageDraw, ImageFont

# Without small ones, and without the katakana that look as their hiragana.
KANA = [
    chr(c) for c in [*range(0x3042, 0x3094), *range(0x30A2, 0x30F4)]
    if chr(c) not in "ぃぅぇぉっゃゅょゎィゥェォッャュョヮヘベペリ"
]
# The 2,965 kanji of JIS X 0208's first level, rows 16 to 47.
KANJI = [
    bytes([row + 0xA0, cell + 0xA0]).decode("euc_jp") for row in range(16, 48)
    for cell in range(1, 52 if row == 47 else 95)
]


def drawn(character, font, size, draws):
    """The character as `size` pixels a side, moved at random; drawn at four times the size."""
    side = 4 * size
    left, top, right, bottom = font.getbbox(character)
    picture = Image.new("L", (side, side))
    place = ((side - left - right) / 2, (side - top - bottom) / 2)
    ImageDraw.Draw(picture).text(place, character, font=font, fill=255)
    picture = picture.rotate(draws.uniform(-10, 10), Image.BICUBIC)
    scale_x, scale_y = draws.uniform(0.85, 1.15), draws.uniform(0.85, 1.15)
    shear = draws.uniform(-0.15, 0.15)
    move_x, move_y = (draws.uniform(-0.07, 0.07) * side for _ in range(2))
    middle = side / 2
    # Maps places of the result to places of the drawing.
    matrix = (
        scale_x, shear, middle - scale_x * middle - shear * middle + move_x, 0, scale_y,
        middle - scale_y * middle + move_y)
    return picture.transform((side, side), Image.AFFINE, matrix, Image.BICUBIC).resize(
        (size, size), Image.BOX)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("fonts", help="folder into which the packages were unpacked")
    parser.add_argument("output", help="folder for the pictures")
    parser.add_argument("--size", type=int, default=32, help="pixels per side (default: 32)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    def font(name):
        files = sorted(pathlib.Path(options.fonts).rglob(name))
        if not files:
            parser.error(f"{options.fonts}: holds no {name}; unpack both packages there (see --help)")
        return ImageFont.truetype(str(files[0]), int(4 * options.size * 0.8))

    seto, thin, thick = font("setofont.ttf"), font("YOzRS_.ttf"), font("YOzBS_.ttf")
    hands = {"seto-1": seto, "seto-2": seto, "yoz-1": thin, "yoz-2": thick}
    kanji = list(KANJI)
    random.Random(options.seed).shuffle(kanji)
    parts = {"train": kanji[:1000], "test": KANA + kanji[1000:1260]}
    for part, characters in parts.items():
        for character in characters:
            folder = pathlib.Path(options.output) / part / f"U+{ord(character):04X}"
            folder.mkdir(parents=True, exist_ok=True)
            for name, face in hands.items():
                draws = random.Random(f"{options.seed} {character} {name}")
                drawn(character, face, options.size, draws).save(folder / f"{name}.png")


main()
