# SPDX-License-Identifier: GPL-3.0-or-later
"""Composes the pictures of data/samples: larger than training scenes, arranged by hand, each from one style."""
import io
import json
import subprocess

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

import concepts as concept_table
from sprites import svg_of

SIDE = 640
NOTE = """Pictures for a first look at Monocle, composed by the Monocle project (data/model/training/samples.py).
The compositions are under GPL-3.0-or-later; the drawings in them belong to:

"""

# name: (what it shows, style, painter of the background, [(icon, middle x, middle y, longer side)]), all in 0..1
PICTURES = {
    "1-park": ("detection, captions and grounding; a style of the training", "noto", "meadow",
             [("house", .74, .30, .42), ("balloon", .24, .24, .34), ("dog", .26, .74, .36), ("bicycle", .70, .76, .40)]),
    "2-fruit": ("counting and colours; a style of the training", "fluent-emoji", "shelf",
              [("red-apple", .25, .25, .29), ("red-apple", .70, .25, .29), ("green-apple", .25, .70, .29),
               ("banana", .70, .70, .32)]),
    "3-street": ("outlines; a style of the training", "twemoji", "street",
               [("bus", .26, .56, .42), ("automobile", .72, .68, .40), ("cloud", .66, .17, .32)]),
    "4-desk": ("a drawing style that the model has never seen", "emojione", "desk",
             [("television", .28, .38, .42), ("alarm-clock", .74, .30, .34), ("hot-beverage", .62, .74, .36)]),
    "5-animals": ("cut-out photographs that the model has never seen", "stamp", "meadow",
                [("animals/mammals/camel/dromedary.png", .28, .40, .48), ("animals/mammals/deer/deer.png", .76, .46, .42),
                 ("animals/mammals/rabbit_little.png", .44, .81, .32)]),
    "6-shop": ("where the model fails: it does not read", "noto", "shop",
             [("bread", .28, .72, .34), ("cookie", .74, .73, .30)]),
}


def _sprite(places, sets, style, name, side):
    if style == concept_table.STAMP_STYLE:
        image = Image.open(places.stamps / name).convert("RGBA")
    else:
        svg, _flip = svg_of(sets[style], name)
        png = subprocess.run(["rsvg-convert", "-a", "-w", str(side), "-h", str(side)], input=svg.encode(),
                             capture_output=True, check=True).stdout
        image = Image.open(io.BytesIO(png)).convert("RGBA")
    image = image.crop(image.getchannel("A").getbbox())
    scale = side / max(image.size)
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.LANCZOS)


def _bands(*bands):
    """Horizontal bands: (lower edge 0..1, top colour, bottom colour)."""
    picture, top = np.zeros((SIDE, SIDE, 3), np.uint8), 0
    for edge, first, last in bands:
        bottom = round(edge * SIDE)
        t = np.linspace(0, 1, bottom - top)[:, None]
        picture[top:bottom] = (np.array(first) * (1 - t) + np.array(last) * t)[:, None].astype(np.uint8)
        top = bottom
    return Image.fromarray(picture)


def _background(kind):
    if kind == "meadow":
        return _bands((.52, (150, 205, 245), (225, 240, 250)), (1, (150, 200, 110), (95, 160, 70)))
    if kind == "shelf":
        return _bands((.40, (250, 246, 238), (240, 232, 218)), (.44, (176, 128, 84), (150, 104, 64)),
                      (.85, (250, 246, 238), (240, 232, 218)), (.89, (176, 128, 84), (150, 104, 64)),
                      (1, (240, 232, 218), (228, 218, 200)))
    if kind == "street":
        return _bands((.42, (170, 215, 250), (230, 240, 248)), (.60, (200, 196, 190), (186, 182, 176)),
                      (1, (110, 112, 118), (90, 92, 98)))
    if kind == "desk":
        return _bands((.55, (222, 230, 238), (206, 216, 228)), (1, (205, 170, 130), (180, 144, 106)))
    picture = _bands((.55, (248, 240, 226), (244, 232, 212)), (1, (160, 120, 90), (136, 98, 72)))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle([90, 70, 550, 230], 18, fill=(40, 70, 60))
    font = ImageFont.load_default(86)
    pen.text((SIDE // 2, 150), "BAKERY", font=font, fill=(250, 244, 230), anchor="mm")
    return picture


def write(places, out):
    out.mkdir(parents=True, exist_ok=True)
    sets = concept_table.icon_sets(places.npm)
    lines = [NOTE]
    for name, (about, style, background, things) in PICTURES.items():
        picture = _background(background)
        for thing, x, y, side in things:
            sprite = _sprite(places, sets, style, thing, round(side * SIDE))
            left, top = round(x * SIDE - sprite.width / 2), round(y * SIDE - sprite.height / 2)
            shadow = Image.new("L", picture.size, 0)
            shadow.paste(sprite.getchannel("A").point(lambda a: a // 4), (left + 6, top + 8))
            picture.paste((0, 0, 0), (0, 0), shadow.filter(ImageFilter.GaussianBlur(6)))
            picture.paste(sprite, (left, top), sprite)
        # In 256 colours it takes a third of the room, and nobody sees a difference.
        few = picture.convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, kmeans=3)
        few.save(out / (name + ".png"), optimize=True)
        lines.append(f"{name}.png: {about}\n    {_source(places, style)}\n    " + ", ".join(t[0] for t in things) + "\n\n")
    (out / "CREDITS").write_text("".join(lines))


def _source(places, style):
    if style == concept_table.STAMP_STYLE:
        return "tuxpaint-stamps-default (Debian), Bill Kendrick and contributors, GPL-2-or-later"
    info = json.loads((places.npm / "@iconify-json" / style / "info.json").read_text())
    return f"{info['name']} by {info['author']['name']}, {info['license']['title']}, {info['license']['url']}"
